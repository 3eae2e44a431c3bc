#include "probes/security/access_check_command.h"

#include "agent/base/file.h"
#include "agent/base/text.h"
#include "probes/security/access_check.h"
#include "probes/security/base64.h"
#include "probes/security/describe.h"
#include "probes/security/sddl.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace cal::security {

namespace {

constexpr int exit_unknown_or_usage = 3;

// Far more than a descriptor of four 64 KiB parts, in base64 with line breaks.
constexpr std::size_t max_file_bytes = 1U << 20;

// The parsed arguments.
struct Question {
  std::string descriptor;  // self-relative
  std::optional<Sid> domain;
  std::vector<Sid> token;
  AccessMask desired = 0;
  std::optional<ObjectTree> tree;
};

// Reads the arguments and collects all errors in them.
class Reader {
 public:
  explicit Reader(const AccessCheckArguments& arguments) : arguments_(arguments) {}

  Question read() {
    read_domain();
    read_descriptor();
    read_token();
    read_mask();
    read_object_types();
    return std::move(question_);
  }

  const std::string& errors() const { return errors_; }

 private:
  template <typename... Values>
  void error(fmt::format_string<Values...> format, Values&&... values) {
    errors_ +=
        "access-check: " + one_line(fmt::format(format, std::forward<Values>(values)...)) + "\n";
  }

  void read_domain() {
    if (!arguments_.domain_sid) return;
    question_.domain = Sid::parse_text(*arguments_.domain_sid);
    if (!question_.domain) error("--domain-sid {}: not a SID", *arguments_.domain_sid);
  }

  void read_descriptor() {
    if (arguments_.sddl.has_value() == arguments_.descriptor_file.has_value()) {
      return error("give one of --sddl and --descriptor");
    }
    arguments_.sddl ? read_sddl(*arguments_.sddl) : read_file(*arguments_.descriptor_file);
  }

  void read_sddl(const std::string& text) {
    const auto descriptor = parse_sddl(text, question_.domain);
    if (!descriptor) {
      return error("--sddl: at character {}: {}", descriptor.error.position + 1,
                   descriptor.error.what);
    }
    question_.descriptor = octets(*descriptor).value_or("");  // parse_sddl has checked the sizes
  }

  void read_file(const std::filesystem::path& path) {
    const auto read = cal::read_file(path, max_file_bytes, FileKind::any);
    if (!read && read.error().error == ReadError::too_large) {
      return error("--descriptor {}: too long for a security descriptor", path.string());
    }
    if (!read)
      return error("--descriptor {}: cannot be read: {}", path.string(), read.error().what);
    const auto& content = *read;
    if (content.empty()) return error("--descriptor {}: is empty", path.string());
    // A descriptor starts with its revision, 1, which is not a base64 character.
    const bool binary = content.front() == '\1';
    const auto bytes = binary ? std::optional(content) : decode_base64(content);
    if (!bytes) {
      return error("--descriptor {}: neither a descriptor nor base64", path.string());
    }
    const auto view = DescriptorView::parse(std::as_bytes(std::span(*bytes)));
    if (!view) {
      return error("--descriptor {}: at byte {}: {}", path.string(), view.error.position,
                   view.error.what);
    }
    question_.descriptor = *bytes;
  }

  void read_token() {
    if (arguments_.sids.empty()) error("give at least one --sid");
    for (const auto& text : arguments_.sids) {
      const auto sid = parse_sddl_sid(text, question_.domain);
      if (sid) {
        question_.token.push_back(*sid);
      } else {
        error("--sid {}: {}", text, sid.error.what);
      }
    }
  }

  void read_mask() {
    const auto mask = parse_sddl_rights(arguments_.mask);
    if (!mask) return error("--mask {}: {}", arguments_.mask, mask.error.what);
    if (*mask == 0) return error("--mask: no right requested");
    if (*mask & right::maximum_allowed) {
      return error("--mask {}: MAXIMUM_ALLOWED (0x2000000) is not a right", arguments_.mask);
    }
    question_.desired = *mask;
  }

  void read_object_types() {
    std::vector<Guid> types;
    for (const auto& text : arguments_.object_types) {
      const auto guid = Guid::parse_text(text);
      if (!guid) return error("--object-type {}: not a GUID", text);
      types.push_back(*guid);
    }
    if (types.empty()) return;
    question_.tree = ObjectTree::chain(types);
    if (!question_.tree) {
      error("--object-type: at most {} levels, each with its own GUID", ObjectTree::max_levels);
    }
  }

  const AccessCheckArguments& arguments_;
  Question question_;
  std::string errors_;
};

struct NamedAce {
  std::size_t index;
  std::string sddl;
  std::string text;
};

std::vector<NamedAce> name_aces(const DescriptorView& view, const AccessResult& result,
                                const std::optional<Sid>& domain) {
  std::vector<NamedAce> named;
  auto next = result.aces.begin();
  for (auto at = view.dacl().begin(); at != view.dacl().end(); ++at) {
    if (next == result.aces.end()) break;
    if (*next != at.index()) continue;
    const Ace ace = to_ace(*at);
    named.push_back({at.index(), format_sddl(ace, domain), describe(ace)});
    ++next;
  }
  return named;
}

std::string to_json(const AccessResult& result, const std::vector<NamedAce>& aces) {
  nlohmann::ordered_json json;
  json["decision"] = name_of(result.decision);
  json["because"] = name_of(result.because);
  json["aces"] = nlohmann::ordered_json::array();
  for (const auto& ace : aces) {
    json["aces"].push_back({{"index", ace.index}, {"sddl", ace.sddl}, {"text", ace.text}});
  }
  json["missing"] = fmt::format("0x{:x}", result.missing);
  return json.dump() + "\n";
}

std::string_view sentence(Because because) {
  switch (because) {
    case Because::aces:
      return "by these entries";
    case Because::owner:
      return "the token owns the object";
    case Because::owner_and_aces:
      return "the token owns the object; the other rights by these entries";
    case Because::no_dacl:
      return "the object has no access control list, so nothing protects it";
    case Because::nothing_asked:
      return "no right was requested";
    case Because::deny:
      return "by these entries";
    case Because::nothing_grants:
      return "no entry grants what is missing";
    case Because::empty_dacl:
      return "the access control list is empty";
    case Because::needs_privilege:
      return "only a privilege grants what is missing";
    case Because::unknown_aces:
      return "it depends on these entries, which cannot be evaluated";
  }
  return "";
}

std::string to_text(const AccessResult& result, const std::vector<NamedAce>& aces) {
  std::string text = fmt::format("{}: {}\n", name_of(result.decision), sentence(result.because));
  for (const auto& ace : aces) {
    text +=
        fmt::format("  entry {}: {}\n    {}\n", ace.index, one_line(ace.text), one_line(ace.sddl));
  }
  if (result.missing != 0) {
    text += fmt::format("missing: {} (0x{:x})\n", describe_rights(result.missing), result.missing);
  }
  return text;
}

// What the answer rests on beside the descriptor; empty where it rests on nothing else.
std::string_view owner_note(const DescriptorView& view, AccessRequest request,
                            const AccessResult& result) {
  request.implied_for_owner = 0;
  if (access_check(view, request).decision == result.decision) return "";
  return "note: no entry grants all of it. An owner has Read permissions and Change permissions\n"
         "  without one, except on computer objects where dSHeuristics blocks it (MS-ADTS "
         "6.1.3.4).\n"
         "  Samba 4.18 and later grant an owner Read permissions only.\n";
}

int exit_code_of(Decision decision) {
  switch (decision) {
    case Decision::granted:
      return 0;
    case Decision::denied:
      return 1;
    case Decision::unknown:
      return exit_unknown_or_usage;
  }
  return exit_unknown_or_usage;
}

}  // namespace

CommandResult access_check_command(const AccessCheckArguments& arguments) {
  Reader reader(arguments);
  const Question question = reader.read();
  if (!reader.errors().empty()) return {exit_unknown_or_usage, "", reader.errors()};

  const auto view = DescriptorView::parse(std::as_bytes(std::span(question.descriptor)));
  if (!view) {
    return {exit_unknown_or_usage, "", fmt::format("access-check: {}\n", view.error.what)};
  }
  const AccessRequest request{.token = question.token,
                              .desired = question.desired,
                              .tree = question.tree ? &*question.tree : nullptr};
  const AccessResult result = access_check(*view, request);
  const auto aces = name_aces(*view, result, question.domain);
  std::string text = arguments.json ? to_json(result, aces) : to_text(result, aces);
  if (!arguments.json) text += owner_note(*view, request, result);
  return {exit_code_of(result.decision), text, ""};
}

}  // namespace cal::security
