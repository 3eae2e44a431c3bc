"""The fixed names of the lab's domain, shared by the seed, the tests and the configuration."""

REALM = 'EBS.EXAMPLE.COM'
DNS_DOMAIN = 'ebs.example.com'
DOMAIN = 'EBS'
DOMAIN_SID = 'S-1-5-21-1111111111-2222222222-3333333333'
BASE_DN = 'DC=ebs,DC=example,DC=com'
TEST_OU = f'OU=Test,{BASE_DN}'

ADDRESS = '127.0.0.10'
HOST = 'dc1'
SECOND_ADDRESS = '127.0.0.11'
SECOND_HOST = 'dc2'

ADMINISTRATORS_DN = f'CN=Administrators,CN=Builtin,{BASE_DN}'
DOMAIN_ADMINS_DN = f'CN=Domain Admins,CN=Users,{BASE_DN}'
LICENSING_DN = f'CN=msWssgConfig,CN=System,{BASE_DN}'
FOREIGN_SID = 'S-1-5-21-9-9-9-1234'

MONITOR = 'cal-monitor'


def test_dn(common_name):
    """The DN of an object in the seed. `common_name` must not need escaping."""
    return f'CN={common_name},{TEST_OU}'


def full_name(host):
    return f'{host}.{DNS_DOMAIN}'
