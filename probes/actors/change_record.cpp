#include "probes/actors/change_record.h"

#include "agent/base/text.h"
#include "probes/events/samba_audit.h"
#include "probes/winlog/provider.h"
#include "probes/winlog/security_provider.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <string_view>
#include <utility>

namespace cal::actors {

namespace {

using std::string_view;
using winlog::Event;

// The names of an event's data in the order of the message's parameters, for shippers that keep
// only the order.
constexpr std::array<string_view, 10> member_order{
    "MemberName",     "MemberSid",       "TargetUserName",    "TargetDomainName", "TargetSid",
    "SubjectUserSid", "SubjectUserName", "SubjectDomainName", "SubjectLogonId",   "PrivilegeList"};

constexpr std::array<string_view, 7> account_order{
    "TargetUserName",  "TargetDomainName",  "TargetSid",     "SubjectUserSid",
    "SubjectUserName", "SubjectDomainName", "SubjectLogonId"};

constexpr std::array<string_view, 24> account_changed_order{"Dummy",
                                                            "TargetUserName",
                                                            "TargetDomainName",
                                                            "TargetSid",
                                                            "SubjectUserSid",
                                                            "SubjectUserName",
                                                            "SubjectDomainName",
                                                            "SubjectLogonId",
                                                            "PrivilegeList",
                                                            "SamAccountName",
                                                            "DisplayName",
                                                            "UserPrincipalName",
                                                            "HomeDirectory",
                                                            "HomePath",
                                                            "ScriptPath",
                                                            "ProfilePath",
                                                            "UserWorkstations",
                                                            "PasswordLastSet",
                                                            "AccountExpires",
                                                            "PrimaryGroupId",
                                                            "AllowedToDelegateTo",
                                                            "OldUacValue",
                                                            "NewUacValue",
                                                            "UserAccountControl"};

constexpr std::array<string_view, 15> attribute_order{
    "OpCorrelationID",    "AppCorrelationID", "SubjectUserSid", "SubjectUserName",
    "SubjectDomainName",  "SubjectLogonId",   "DSName",         "DSType",
    "ObjectDN",           "ObjectGUID",       "ObjectClass",    "AttributeLDAPDisplayName",
    "AttributeSyntaxOID", "AttributeValue",   "OperationType"};

constexpr string_view account_control = "userAccountControl";
constexpr std::uint32_t disabled_bit = 2;

// The data of an event by name; "-" stands for nothing.
class Data {
 public:
  Data(const Event& event, std::span<const string_view> order)
      : event_(event), order_(order), has_names_(std::ranges::any_of(event.data, has_name)) {}

  string_view operator[](string_view name) const {
    const auto* value = has_names_ ? by_name(name) : by_position(name);
    return value == nullptr || *value == "-" ? string_view() : string_view(*value);
  }

 private:
  static bool has_name(const winlog::EventDatum& datum) {
    return !datum.name.empty() && !datum.name.starts_with("param");
  }

  const std::string* by_name(string_view name) const {
    const auto found = std::ranges::find_if(event_.data, [&](const winlog::EventDatum& datum) {
      return folded(datum.name) == folded(name);
    });
    return found == event_.data.end() ? nullptr : &found->value;
  }

  const std::string* by_position(string_view name) const {
    const auto at = static_cast<std::size_t>(std::ranges::find(order_, name) - order_.begin());
    return !event_.data_in_order || at >= std::min(order_.size(), event_.data.size())
               ? nullptr
               : &event_.data[at].value;
  }

  const Event& event_;
  std::span<const string_view> order_;
  bool has_names_;
};

std::optional<security::Guid> guid_in(string_view text) {
  return security::Guid::parse_text(trimmed(text, "{}"));
}

std::optional<std::uint32_t> number_in(string_view text) {
  const int base = text.starts_with("0x") ? 16 : 10;
  if (base == 16) text.remove_prefix(2);
  std::uint32_t number{};
  const auto* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number, base);
  return error == std::errc{} && stopped == end ? std::optional(number) : std::nullopt;
}

// "DOMAIN\name" for people, without what could disturb a page.
std::string shown_account(string_view domain, string_view name) {
  return printable(domain.empty() || name.empty() ? std::string(name)
                                                  : std::string(domain) + "\\" + std::string(name));
}

ChangeRecord record_of(const Event& event, const Data& data) {
  ChangeRecord record{event.time, event.computer, event.id, event.record_id};
  record.actor = shown_account(data["SubjectDomainName"], data["SubjectUserName"]);
  record.actor_sid = security::Sid::parse_text(data["SubjectUserSid"]);
  return record;
}

std::vector<ChangeRecord> member_change(const Event& event, Effect effect) {
  const Data data(event, member_order);
  auto record = record_of(event, data);
  record.attribute = "member";
  record.effect = effect;
  record.object.sid = security::Sid::parse_text(data["TargetSid"]);
  record.member = {std::string(data["MemberName"]), std::nullopt,
                   security::Sid::parse_text(data["MemberSid"])};
  return {std::move(record)};
}

std::vector<ChangeRecord> account_change(const Event& event, string_view attribute, Effect effect) {
  const Data data(event, account_order);
  auto record = record_of(event, data);
  record.attribute = attribute;
  record.effect = effect;
  record.object.sid = security::Sid::parse_text(data["TargetSid"]);
  // Of a lockout this field has the computer in place of the domain.
  if (effect == Effect::locked) record.caller = printable(data["TargetDomainName"]);
  return {std::move(record)};
}

// Event 4738, and 4742 of computers: "-" is what did not change. Its control flags are those of SAM
// (MS-SAMR 2.2.1.12), of which the first is "disabled".
std::vector<ChangeRecord> account_changes(const Event& event) {
  const Data data(event, account_changed_order);
  auto record = record_of(event, data);
  record.object.sid = security::Sid::parse_text(data["TargetSid"]);
  std::vector<ChangeRecord> records;
  const auto add = [&](string_view attribute, Effect effect) {
    record.attribute = attribute;
    record.effect = effect;
    records.push_back(record);
  };
  if (!data["PasswordLastSet"].empty()) add("pwdLastSet", Effect::changed);
  if (!data["AccountExpires"].empty()) add("accountExpires", Effect::changed);
  const auto before = number_in(data["OldUacValue"]);
  const auto after = number_in(data["NewUacValue"]);
  if (!before || !after || *before == *after) return records;
  const bool is_switched = ((*before ^ *after) & 1U) != 0;
  add(account_control, !is_switched         ? Effect::changed
                       : (*after & 1U) != 0 ? Effect::disabled
                                            : Effect::enabled);
  return records;
}

// Of the value that was written.
Effect effect_of(string_view attribute, string_view value) {
  const auto folded_name = folded(attribute);
  if (folded_name == folded(account_control)) {
    const auto control = number_in(value);
    if (!control) return Effect::changed;
    return (*control & disabled_bit) != 0 ? Effect::disabled : Effect::enabled;
  }
  if (folded_name == "lockouttime") return value == "0" ? Effect::unlocked : Effect::locked;
  return Effect::changed;
}

// Event 5136 has a record of each value that was deleted and of each that was added: %%14674 is
// added and %%14675 deleted; 14680 and 14681 the same with a time at which the value ends, 14688
// deleted because that came. Some shippers write the English text.
std::optional<Effect> value_effect(string_view operation) {
  constexpr std::array<string_view, 3> added{"14674", "14680", "value added"};
  constexpr std::array<string_view, 4> removed{"14675", "14681", "14688", "value deleted"};
  const auto word = folded(trimmed(operation, " %"));
  if (std::ranges::find(added, word) != added.end()) return Effect::added;
  if (std::ranges::find(removed, word) != removed.end()) return Effect::removed;
  return std::nullopt;
}

std::vector<ChangeRecord> attribute_change(const Event& event) {
  const Data data(event, attribute_order);
  auto record = record_of(event, data);
  record.attribute = data["AttributeLDAPDisplayName"];
  record.object = {std::string(data["ObjectDN"]), guid_in(data["ObjectGUID"]), std::nullopt};
  const auto effect = value_effect(data["OperationType"]);
  if (folded(record.attribute) == "member") {
    if (!effect) return {};
    record.effect = *effect;
    record.member.dn = data["AttributeValue"];
  } else if (effect != Effect::removed) {
    record.effect = effect_of(record.attribute, data["AttributeValue"]);
  }
  return {std::move(record)};
}

std::vector<ChangeRecord> windows_changes(const Event& event) {
  using enum Effect;
  switch (event.id) {
    case 4728:
    case 4732:
    case 4756:
      return member_change(event, added);
    case 4729:
    case 4733:
    case 4757:
      return member_change(event, removed);
    case 4722:
      return account_change(event, account_control, enabled);
    case 4725:
      return account_change(event, account_control, disabled);
    case 4740:
      return account_change(event, "lockoutTime", locked);
    case 4767:
      return account_change(event, "lockoutTime", unlocked);
    case 4738:
    case 4742:
      return account_changes(event);
    case 5136:
      return attribute_change(event);
    default:
      return {};
  }
}

// "<GUID=…>;<SID=S-1-…>;CN=…", or a DN.
Identity identity_in(string_view value) {
  Identity identity;
  while (value.starts_with('<')) {
    const auto end = value.find(">;");
    if (end == value.npos) break;
    const auto part = value.substr(1, end - 1);
    if (part.starts_with("GUID=")) identity.guid = guid_in(part.substr(5));
    if (part.starts_with("SID=")) identity.sid = security::Sid::parse_text(part.substr(4));
    value.remove_prefix(end + 2);
  }
  identity.dn = value;
  return identity;
}

std::vector<ChangeRecord> samba_changes(const Event& event) {
  const Data data(event, {});
  if (data["statusCode"] != "0") return {};
  ChangeRecord record{event.time, event.computer, event.id, event.record_id};
  record.actor_sid = security::Sid::parse_text(data["userSid"]);
  record.object.dn = data["dn"];
  if (event.channel == "groupChange") {
    record.attribute = "member";
    record.object.dn = data["group"];
    record.member.dn = data["user"];
    // A new user is recorded as a group that it is added to.
    if (folded(record.object.dn) == folded(record.member.dn)) return {};
    if (data["action"] != "Added" && data["action"] != "Removed") return {};
    record.effect = data["action"] == "Added" ? Effect::added : Effect::removed;
    return {std::move(record)};
  }
  if (event.channel == "passwordChange") {
    record.attribute = "pwdLastSet";
    return {std::move(record)};
  }
  std::vector<ChangeRecord> records;
  if (event.channel != "dsdbChange" || data["operation"] != "Modify") return records;
  for (const auto& [name, value] : event.data) {
    const auto end = name.find(' ');  // "member add"
    if (end == name.npos) continue;
    record.attribute = name.substr(0, end);
    const auto action = name.substr(end + 1);
    record.effect = effect_of(record.attribute, value);
    record.member = {};
    if (folded(record.attribute) == "member") {
      if (action != "add" && action != "delete") continue;
      record.effect = action == "add" ? Effect::added : Effect::removed;
      record.member = identity_in(value);
    }
    records.push_back(record);
  }
  return records;
}

}  // namespace

bool is_same(const Identity& one, const Identity& other) {
  if (one.guid && other.guid) return *one.guid == *other.guid;
  if (one.sid && other.sid) return *one.sid == *other.sid;
  return !one.dn.empty() && folded(one.dn) == folded(other.dn);
}

bool is_of_security_log(const Event& event) {
  return event.provider == winlog::samba_provider ||
         winlog::is_same_provider(event.provider, winlog::security_provider);
}

std::vector<ChangeRecord> changes_in(const Event& event) {
  if (event.provider == winlog::samba_provider) return samba_changes(event);
  return is_of_security_log(event) ? windows_changes(event) : std::vector<ChangeRecord>{};
}

}  // namespace cal::actors
