#include "probes/ad/principal_name.h"

#include "probes/ad/distinguished_name.h"
#include "probes/security/sid.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

namespace cal::ad {

namespace {

using security::Sid;

bool is_blank(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }

bool has_blank_edges(std::string_view text) {
  return !text.empty() && (is_blank(text.front()) || is_blank(text.back()));
}

// "S-1-5-21-..", also as <SID=S-1-5-21-..>, a form of DN (MS-ADTS 3.1.1.3.1.2.4).
std::optional<Sid> sid_in(std::string_view text) {
  const auto plain = without_path(text);
  std::string_view sid = plain;
  if (starts_with_ignoring_case(sid, "<SID=") && sid.ends_with('>')) {
    sid = sid.substr(5, sid.size() - 6);
  }
  return Sid::parse_text(sid);
}

// A character that a text which was copied brings along, and that nobody sees.
const std::string_view* find_invisible(std::string_view text) {
  struct Row {
    std::string_view octets, name;
  };
  static constexpr std::array rows{
      Row{"\u00a0", "a no-break space"},
      Row{"\u200b", "a zero-width space"},
      Row{"\u200e", "a left-to-right mark"},
      Row{"\ufeff", "a byte order mark"},
      Row{"\t", "a tab"},
      Row{"\r", "a carriage return"},
      Row{"\n", "a line break"},
  };
  const auto row = std::ranges::find_if(
      rows, [&](const Row& each) { return text.find(each.octets) != std::string_view::npos; });
  return row == rows.end() ? nullptr : &row->name;
}

// MS-SAMR 3.1.1.6: what a sAMAccountName does not contain, as far as people write it.
std::string why_not_an_account_name(const PrincipalName& name) {
  if (name.name.find('/') != std::string::npos) {
    return "an account's name has no '/': write DOMAIN\\name, with a backslash";
  }
  const auto wrong = name.name.find_first_of("[]:;|<>+,?*\"");
  if (wrong != std::string::npos) {
    return fmt::format("an account's name has no '{}'", name.name[wrong]);
  }
  if (name.name.ends_with('.')) return "an account's name has no dot at its end: remove it";
  if (has_blank_edges(name.name)) return "a part of it begins or ends with a space: remove it";
  return "";
}

// The SIDs of a domain's accounts have three numbers of the domain and a RID.
std::string why_not_an_account_sid(const std::string& text) {
  const auto sid = Sid::parse_text(text);
  const bool is_cut = starts_with_ignoring_case(text, "S-1-5-21-") && !sid->is_domain_account();
  return is_cut ? "it is not the SID of an account: S-1-5-21-...-RID" : "";
}

// Names of accounts have no '='.
bool looks_like_dn(std::string_view text) {
  if (text.find('<') < text.find('=')) return false;  // <SID=..> and the like
  const auto equals = text.find('=');
  if (equals == std::string_view::npos) return false;
  const auto dn = normalize_dn(text).value_or(std::string(text));
  std::string lower(dn);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
  return lower.starts_with("cn=") || lower.find(",dc=") != std::string::npos ||
         lower.find("://") < equals;
}

}  // namespace

PrincipalName parse_principal(std::string_view text) {
  PrincipalName name{NameForm::bare_name, std::string(text), "", std::string(text)};
  const auto split = [&](NameForm form, std::size_t at, bool domain_first) {
    const auto before = std::string(text.substr(0, at));
    const auto after = std::string(text.substr(at + 1));
    name.form = form;
    name.domain = domain_first ? before : after;
    name.name = domain_first ? after : before;
  };
  if (const auto sid = sid_in(text)) {
    name.form = NameForm::sid;
    name.name = sid->text();
  } else if (looks_like_dn(text)) {
    name.form = NameForm::distinguished_name;
    name.name = normalize_dn(text).value_or(name.text);
  } else if (const auto slash = text.find('\\'); slash != std::string_view::npos) {
    split(NameForm::domain_and_name, slash, true);
  } else if (const auto at = text.rfind('@'); at != std::string_view::npos) {
    split(NameForm::upn, at, false);
  }
  if (name.domain.ends_with('.')) name.domain.pop_back();
  return name;
}

std::string why_unusable(const PrincipalName& name) {
  const auto& text = name.text;
  if (text.empty()) return "the name is empty";
  if (is_blank(text.front()) || is_blank(text.back())) {
    return fmt::format("'{}' begins or ends with a space: remove it", text);
  }
  if (const auto* character = find_invisible(text)) {
    return fmt::format("it contains {}, which is not visible: type the name again", *character);
  }
  switch (name.form) {
    case NameForm::distinguished_name:
      if (!normalize_dn(text)) return "it is not a valid distinguished name: CN=...,DC=...";
      return "";
    case NameForm::domain_and_name:
      if (name.domain.empty() || name.name.empty() || name.name.find('\\') != std::string::npos) {
        return "write it as DOMAIN\\name, with one backslash";
      }
      return why_not_an_account_name(name);
    case NameForm::bare_name:
      if (starts_with_ignoring_case(text, "S-1-") || text.front() == '<') {
        return "it is not a valid SID: S-1-5-21-...-RID";
      }
      return why_not_an_account_name(name);
    case NameForm::upn:
      if (name.domain.empty() || name.name.empty() || has_blank_edges(name.name) ||
          name.domain.find(' ') != std::string::npos) {
        return "write it as name@domain";
      }
      return "";
    case NameForm::sid:
      return why_not_an_account_sid(name.name);
  }
  return "";
}

}  // namespace cal::ad
