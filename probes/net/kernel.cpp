#include "probes/net/kernel.h"

#include <fmt/format.h>
#include <libmnl/libmnl.h>
#include <linux/if.h>
#include <linux/rtnetlink.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <functional>
#include <memory>
#include <system_error>

namespace cal::net {

namespace {

struct alignas(nlmsghdr) RequestRoom {
  std::array<char, 128> octets;
};

// Room for one part of an answer; libmnl requires at least 8 kB. Not on the stack, since a stack
// does not shrink: hundreds of threads wait for endpoints after this.
using Part = std::array<char, 32 * 1024>;

using OnMessage = std::function<void(const nlmsghdr*)>;

int call_back(const nlmsghdr* message, void* data) {
  (*static_cast<const OnMessage*>(data))(message);
  return (message->nlmsg_flags & NLM_F_MULTI) != 0 ? MNL_CB_OK : MNL_CB_STOP;
}

// Sends a request and calls `on_message` for each message of the answer. Returns 0 or an errno.
int exchange(mnl_socket* socket, nlmsghdr* request, unsigned sequence, OnMessage on_message) {
  request->nlmsg_seq = sequence;
  if (mnl_socket_sendto(socket, request, request->nlmsg_len) < 0) return errno;
  const auto part = std::make_unique_for_overwrite<Part>();
  int status = MNL_CB_OK;
  while (status > MNL_CB_STOP) {
    const ssize_t size = mnl_socket_recvfrom(socket, part->data(), part->size());
    if (size < 0) return errno;
    status = mnl_cb_run(part->data(), static_cast<std::size_t>(size), sequence,
                        mnl_socket_get_portid(socket), call_back, &on_message);
  }
  return status < 0 ? errno : 0;
}

// A request for the list of links or of addresses.
nlmsghdr* list_request(RequestRoom& room, std::uint16_t type) {
  auto* request = mnl_nlmsg_put_header(room.octets.data());
  request->nlmsg_type = type;
  request->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  static_cast<rtgenmsg*>(mnl_nlmsg_put_extra_header(request, sizeof(rtgenmsg)))->rtgen_family =
      AF_UNSPEC;
  return request;
}

template <class Header>
const Header& header_of(const nlmsghdr* message) {
  return *static_cast<const Header*>(mnl_nlmsg_get_payload(message));
}

// Calls `on_attribute(type, attribute)` for each attribute after the header.
template <class Header, class OnAttribute>
void for_each_attribute(const nlmsghdr* message, OnAttribute on_attribute) {
  mnl_attr_parse(
      message, sizeof(Header),
      [](const nlattr* attribute, void* data) {
        (*static_cast<OnAttribute*>(data))(mnl_attr_get_type(attribute), attribute);
        return MNL_CB_OK;
      },
      &on_attribute);
}

std::optional<Address> address_in(unsigned char family, const nlattr* attribute) {
  Address address{family == AF_INET ? Family::v4 : Family::v6};
  const std::size_t size = family == AF_INET ? 4 : 16;
  if (mnl_attr_get_payload_len(attribute) != size) return std::nullopt;
  std::memcpy(address.octets.data(), mnl_attr_get_payload(attribute), size);
  return address;
}

// Tunnels and loopback report only that they are switched on: IF_OPER_UNKNOWN (RFC 2863).
LinkState state_of(unsigned flags, int operational_state) {
  if ((flags & IFF_UP) == 0) return LinkState::switched_off;
  const bool up = operational_state == IF_OPER_UP || operational_state == IF_OPER_UNKNOWN;
  return up ? LinkState::up : LinkState::no_carrier;
}

Interface interface_of(const nlmsghdr* message) {
  const auto& header = header_of<ifinfomsg>(message);
  Interface interface {
    header.ifi_index, "", (header.ifi_flags & IFF_LOOPBACK) != 0, LinkState::up, {}
  };
  int operational_state = IF_OPER_UNKNOWN;
  for_each_attribute<ifinfomsg>(message, [&](int type, const nlattr* attribute) {
    if (type == IFLA_IFNAME) interface.name = mnl_attr_get_str(attribute);
    if (type == IFLA_OPERSTATE) operational_state = mnl_attr_get_u8(attribute);
  });
  interface.state = state_of(header.ifi_flags, operational_state);
  return interface;
}

// Adds an address to its interface, unless it cannot be used as a source address (yet).
void add_address(const nlmsghdr* message, std::vector<Interface>& interfaces) {
  const auto& header = header_of<ifaddrmsg>(message);
  if (header.ifa_family != AF_INET && header.ifa_family != AF_INET6) return;
  if ((header.ifa_flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED)) != 0) return;
  std::optional<Address> peer;
  std::optional<Address> own;  // differs from the peer on point-to-point links only
  for_each_attribute<ifaddrmsg>(message, [&](int type, const nlattr* attribute) {
    if (type == IFA_ADDRESS) peer = address_in(header.ifa_family, attribute);
    if (type == IFA_LOCAL) own = address_in(header.ifa_family, attribute);
  });
  const auto interface =
      std::ranges::find(interfaces, static_cast<int>(header.ifa_index), &Interface::index);
  const auto address = own ? own : peer;
  if (address && interface != interfaces.end()) interface->addresses.push_back(*address);
}

}  // namespace

void Kernel::Closer::operator()(mnl_socket* socket) const { mnl_socket_close(socket); }

tl::expected<Kernel, std::string> Kernel::open() {
  const auto fault = [](int error) {
    return tl::unexpected(fmt::format("ask the kernel for interfaces and routes (rtnetlink): {}",
                                      std::generic_category().message(error)));
  };
  Kernel kernel(Socket(mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC)));
  auto* socket = kernel.socket_.get();
  if (socket == nullptr || mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) < 0) return fault(errno);
  RequestRoom room;
  const int links = exchange(socket, list_request(room, RTM_GETLINK), ++kernel.sequence_,
                             [&](const nlmsghdr* message) {
                               if (message->nlmsg_type != RTM_NEWLINK) return;
                               kernel.interfaces_.push_back(interface_of(message));
                             });
  if (links != 0) return fault(links);
  const int addresses = exchange(socket, list_request(room, RTM_GETADDR), ++kernel.sequence_,
                                 [&](const nlmsghdr* message) {
                                   if (message->nlmsg_type != RTM_NEWADDR) return;
                                   add_address(message, kernel.interfaces_);
                                 });
  if (addresses != 0) return fault(addresses);
  return kernel;
}

RouteAnswer Kernel::route_to(const Address& address) {
  RequestRoom room;
  auto* request = mnl_nlmsg_put_header(room.octets.data());
  request->nlmsg_type = RTM_GETROUTE;
  request->nlmsg_flags = NLM_F_REQUEST;
  const bool is_v4 = address.family == Family::v4;
  auto* header = static_cast<rtmsg*>(mnl_nlmsg_put_extra_header(request, sizeof(rtmsg)));
  header->rtm_family = is_v4 ? AF_INET : AF_INET6;
  header->rtm_dst_len = is_v4 ? 32 : 128;
  mnl_attr_put(request, RTA_DST, is_v4 ? 4 : 16, address.octets.data());

  RouteAnswer answer;
  answer.error = exchange(socket_.get(), request, ++sequence_, [&](const nlmsghdr* message) {
    if (message->nlmsg_type != RTM_NEWROUTE) return;
    for_each_attribute<rtmsg>(message, [&](int type, const nlattr* attribute) {
      const auto family = header_of<rtmsg>(message).rtm_family;
      if (type == RTA_OIF) answer.interface_index = static_cast<int>(mnl_attr_get_u32(attribute));
      if (type == RTA_PREFSRC) answer.source = address_in(family, attribute);
      if (type == RTA_GATEWAY) answer.gateway = address_in(family, attribute);
    });
  });
  return answer;
}

}  // namespace cal::net
