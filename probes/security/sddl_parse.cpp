#include "probes/security/little_endian.h"
#include "probes/security/sddl.h"
#include "probes/security/sddl_tokens.h"
#include "probes/security/well_known_sids.h"

#include <algorithm>
#include <charconv>

namespace cal::security {

namespace {

template <typename T>
Parsed<T> refuse(std::size_t position, std::string_view what) {
  return {{}, {position, what}};
}

constexpr std::string_view whitespace = " \t\r\n";

std::string_view without_leading(std::string_view text, std::string_view skipped = whitespace) {
  return text.substr(std::min(text.find_first_not_of(skipped), text.size()));
}

std::string_view without_trailing(std::string_view text) {
  return text.substr(0, text.find_last_not_of(whitespace) + 1);
}

// Windows takes types, flags, rights and aliases in either case.
std::string upper(std::string_view text) {
  std::string letters(text);
  for (char& c : letters) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return letters;
}

// A whole number as strtoul reads it with base 0: hex after "0x", octal after "0", or decimal. What
// strtoul would wrap or clamp is refused.
template <typename T>
std::optional<T> number(std::string_view text) {
  const bool hex = text.starts_with("0x") || text.starts_with("0X");
  const bool octal = !hex && text.starts_with('0');
  if (hex) text.remove_prefix(2);
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value,
                                            hex     ? 16
                                            : octal ? 8
                                                    : 10);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool is_number(std::string_view text) {
  return !text.empty() && text.front() >= '0' && text.front() <= '9';
}

// The row of a table whose word is at the front of `text`. Words have up to two letters.
template <typename Table>
auto find_word(const Table& table, std::string_view word) -> decltype(table.data()) {
  for (const auto& row : table) {
    if (row.word == word) return &row;
  }
  return nullptr;
}

// The bytes of "(#0a0b)"; empty if the text has another form.
std::optional<std::string> hex_data(std::string_view text) {
  if (!text.starts_with("(#") || !text.ends_with(')') || text.size() % 2 == 0) return std::nullopt;
  std::string bytes;
  for (std::size_t i = 2; i + 2 < text.size(); i += 2) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data() + i, text.data() + i + 2, value, 16);
    if (error != std::errc{} || end != text.data() + i + 2) return std::nullopt;
    bytes.push_back(static_cast<char>(value));
  }
  return bytes;
}

Parsed<std::uint8_t> parse_type(std::string_view word) {
  if (const auto* row = find_word(sddl::types, upper(word))) return {row->type};
  if (word.starts_with("0x")) {
    if (const auto type = number<std::uint8_t>(word)) return {*type};
  }
  return refuse<std::uint8_t>(0, "unknown type of access control entry");
}

Parsed<std::uint8_t> parse_flags(std::string_view text) {
  text = without_leading(text);
  if (is_number(text)) {
    if (const auto flags = number<std::uint8_t>(text)) return {*flags};
    return refuse<std::uint8_t>(0, "not a number of eight bits");
  }
  std::uint8_t flags = 0;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const auto word = upper(text.substr(i, 2));
    const auto* row = find_word(sddl::ace_flags, word);
    if (row == nullptr) row = find_word(sddl::other_ace_flags, word);
    if (row == nullptr) return refuse<std::uint8_t>(i, "unknown flag of an access control entry");
    flags |= row->flag;
  }
  return {flags};
}

// One field of an ACE and where it starts.
struct Field {
  std::string_view text;
  std::size_t position;
};

// The fields of the ACE at the front of `text`, without its parentheses. The last may be in
// parentheses and then contain semicolons.
struct Fields {
  std::vector<Field> fields;
  std::size_t length = 0;  // of the ACE with its parentheses
};

Parsed<Fields> split_ace(std::string_view text) {
  Fields found;
  std::size_t start = 1;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '(' && without_leading(text.substr(start, i - start)).empty()) {
      const std::size_t length = sddl::parenthesised_length(text.substr(i));
      if (length == 0) return refuse<Fields>(i, "unbalanced parenthesis");
      i += length;
      if (i == text.size() || text[i] != ')') {
        return refuse<Fields>(i, "expected ')' after a condition or an attribute");
      }
    }
    if (text[i] != ';' && text[i] != ')') continue;
    found.fields.push_back({text.substr(start, i - start), start});
    start = i + 1;
    if (text[i] == ')') {
      found.length = start;
      return {found};
    }
    if (found.fields.size() == 7) return refuse<Fields>(i, "too many fields");
  }
  return refuse<Fields>(text.size(), "access control entry without its closing ')'");
}

class AceParser {
 public:
  explicit AceParser(const std::optional<Sid>& domain) : domain_(domain) {}

  Parsed<Ace> parse(const std::vector<Field>& fields) {
    Ace ace;
    if (fields.size() < 3) return refuse<Ace>(fields.front().position, "too few fields");
    if (const auto* label = find_word(sddl::labels, upper(fields[0].text))) {
      return parse_label(*label, fields);
    }
    const auto type = parse_type(fields[0].text);
    if (!type) return failed(fields[0], type.error);
    ace.type = *type;
    const auto flags = parse_flags(fields[1].text);
    if (!flags) return failed(fields[1], flags.error);
    ace.flags = *flags;
    if (shape_of(ace.type).effect == AceEffect::unknown) return parse_unknown(ace, fields);
    return parse_known(ace, fields);
  }

 private:
  static Parsed<Ace> failed(const Field& field, const ParseError& error) {
    return refuse<Ace>(field.position + error.position, error.what);
  }

  static Parsed<Ace> parse_unknown(Ace ace, const std::vector<Field>& fields) {
    const auto body = hex_data(fields[2].text);
    if (fields.size() != 3 || !body || body->size() % 4 != 0) {
      return refuse<Ace>(
          fields[2].position,
          "an entry of unknown type has a third and last field, (#hex), in 32-bit words");
    }
    ace.data = *body;
    return {ace};
  }

  // The fields of an entry that names no object type, as its bytes after the header.
  Parsed<Ace> parse_label(const sddl::LabelToken& label, const std::vector<Field>& fields) const {
    const auto flags = parse_flags(fields[1].text);
    if (!flags) return failed(fields[1], flags.error);
    Ace ace;
    ace.flags = *flags;
    // An entry of this shape, whose type is then replaced.
    ace.type = label.condition ? ace_type::audit_callback : ace_type::system_audit;
    auto parsed = parse_known(ace, fields);
    if (!parsed) return parsed;
    std::string body;
    append_u32(body, parsed->mask);
    body += parsed->sid.octets() + parsed->data;
    ace.type = label.type;
    ace.data = std::move(body);
    return {ace};
  }

  Parsed<Ace> parse_known(Ace ace, const std::vector<Field>& fields) const {
    const AceShape shape = shape_of(ace.type);
    if (fields.size() < 6) return refuse<Ace>(fields.back().position, "too few fields");
    const auto mask = parse_sddl_rights(fields[2].text);
    if (!mask) return failed(fields[2], mask.error);
    ace.mask = *mask;
    for (const std::size_t i : {3U, 4U}) {
      if (without_leading(fields[i].text).empty()) continue;
      if (!shape.object) {
        return refuse<Ace>(fields[i].position, "only an object entry can name an object type");
      }
      const auto guid = Guid::parse_text(fields[i].text);
      if (!guid) return refuse<Ace>(fields[i].position, "not a GUID");
      (i == 3 ? ace.object_type : ace.inherited_object_type) = guid;
    }
    const auto sid = parse_sddl_sid(fields[5].text, domain_);
    if (!sid) return failed(fields[5], sid.error);
    ace.sid = *sid;
    if (fields.size() == 7) {
      if (!shape.data) {
        return refuse<Ace>(fields[6].position,
                           "only a conditional or attribute entry has this field");
      }
      const auto data = without_leading(fields[6].text);
      if (!data.starts_with('(')) {
        return refuse<Ace>(fields[6].position,
                           "expected a condition or an attribute in parentheses");
      }
      ace.data = hex_data(data).value_or(std::string(data));
      // The size of an ACE is a multiple of 32-bit words, and so is the data kept from it.
      ace.data.resize((ace.data.size() + 3) / 4 * 4, '\0');
    }
    return {ace};
  }

  const std::optional<Sid>& domain_;
};

class DescriptorParser {
 public:
  DescriptorParser(std::string_view text, const std::optional<Sid>& domain)
      : text_(text), domain_(domain) {}

  Parsed<Descriptor> parse() {
    skip_whitespace();
    while (position_ < text_.size() && error_.what.empty()) {
      parse_section();
      skip_whitespace();
    }
    if (!error_.what.empty()) return {{}, error_};
    if (!octets(descriptor_))
      fail(text_.size(), "a list is longer than the maximum of 65535 bytes");
    if (!error_.what.empty()) return {{}, error_};
    return {descriptor_};
  }

 private:
  void fail(std::size_t position, std::string_view what) { error_ = {position, what}; }

  std::string_view rest() const { return text_.substr(position_); }

  void skip_whitespace() { position_ = text_.size() - without_leading(rest()).size(); }

  bool take(std::string_view word) {
    if (!rest().starts_with(word)) return false;
    position_ += word.size();
    return true;
  }

  void parse_section() {
    const std::size_t start = position_;
    if (take("O:")) return parse_principal(start, descriptor_.owner);
    if (take("G:")) return parse_principal(start, descriptor_.group);
    if (take("D:"))
      return parse_list(start, &sddl::ListToken::dacl, control::dacl_present, descriptor_.dacl);
    if (take("S:"))
      return parse_list(start, &sddl::ListToken::sacl, control::sacl_present, descriptor_.sacl);
    fail(start, "expected O:, G:, D: or S:");
  }

  // A SID ends where the next section starts, one letter before a colon.
  void parse_principal(std::size_t section, std::optional<Sid>& principal) {
    if (principal) return fail(section, "the owner or group is given twice");
    const std::size_t colon = rest().find(':');
    const std::size_t length = colon == std::string_view::npos ? rest().size()
                               : colon == 0                    ? 0
                                                               : colon - 1;
    const auto sid = parse_sddl_sid(rest().substr(0, length), domain_);
    if (!sid) return fail(position_ + sid.error.position, sid.error.what);
    principal = *sid;
    position_ += length;
  }

  void parse_list(std::size_t section, std::uint16_t sddl::ListToken::*bit, std::uint16_t present,
                  std::optional<Acl>& list) {
    if (descriptor_.control & present) return fail(section, "the list is given twice");
    descriptor_.control |= present;
    do {
      skip_whitespace();
    } while (take_list_flag(bit));
    if (take(sddl::null_list)) return;
    list = Acl{.revision = 2};
    AceParser parser(domain_);
    while (rest().starts_with('(')) {
      const auto fields = split_ace(rest());
      if (!fields) return fail(position_ + fields.error.position, fields.error.what);
      auto ace = parser.parse(fields->fields);
      if (!ace) return fail(position_ + ace.error.position, ace.error.what);
      // MS-DTYP 2.4.5: object ACEs need revision 4.
      if (shape_of(ace->type).object) list->revision = 4;
      list->aces.push_back(std::move(*ace.value));
      position_ += fields->length;
      skip_whitespace();
    }
  }

  bool take_list_flag(std::uint16_t sddl::ListToken::*bit) {
    for (const auto& row : sddl::list_flags) {
      if (!take(row.word)) continue;
      descriptor_.control |= row.*bit;
      return true;
    }
    return false;
  }

  std::string_view text_;
  const std::optional<Sid>& domain_;
  std::size_t position_ = 0;
  ParseError error_;
  Descriptor descriptor_;
};

// Windows takes spaces before the revision and the authority of a SID, and nowhere else in it.
std::string compact_sid(std::string_view text) {
  std::string sid(text);
  for (std::size_t at = 2, part = 0; part < 2; ++part) {
    sid.erase(at, sid.size() - at - without_leading(std::string_view(sid).substr(at), " ").size());
    at = sid.find('-', at);
    if (at == std::string::npos) return sid;
    ++at;
  }
  return sid;
}

}  // namespace

Parsed<Descriptor> parse_sddl(std::string_view text, const std::optional<Sid>& domain) {
  return DescriptorParser(text, domain).parse();
}

Parsed<Sid> parse_sddl_sid(std::string_view text, const std::optional<Sid>& domain) {
  const auto sid_text = without_leading(text);
  if (sid_text.starts_with("S-") || sid_text.starts_with("s-")) {
    if (const auto sid = Sid::parse_text(compact_sid(sid_text))) return {*sid};
    return refuse<Sid>(0, "not a SID");
  }
  const auto found = sid_of_alias(upper(without_trailing(sid_text)), domain);
  switch (found.problem) {
    case AliasProblem::none:
      return {found.sid};
    case AliasProblem::needs_domain:
      return refuse<Sid>(0, "this alias needs the SID of its domain");
    case AliasProblem::unknown_alias:
      break;
  }
  return refuse<Sid>(0, "neither a SID nor an SDDL alias");
}

Parsed<AccessMask> parse_sddl_rights(std::string_view text) {
  text = without_leading(text);
  if (is_number(text)) {
    if (const auto mask = number<AccessMask>(text)) return {*mask};
    return refuse<AccessMask>(0, "not a number of 32 bits");
  }
  AccessMask mask = 0;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    i = text.size() - without_leading(text.substr(i), " ").size();
    const auto word = upper(text.substr(i, 2));
    if (const auto* row = find_word(sddl::single_rights, word)) {
      mask |= row->mask;
    } else if (const auto* other = find_word(sddl::other_rights, word)) {
      mask |= other->mask;
    } else {
      return refuse<AccessMask>(i, "unknown right");
    }
  }
  return {mask};
}

}  // namespace cal::security
