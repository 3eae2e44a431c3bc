#include "agent/pages/runbook_marks.h"

#include "agent/base/text.h"

#include <cmark-gfm.h>

#include <algorithm>
#include <array>
#include <optional>

namespace cal {

namespace {

struct Mark {
  std::string_view word;
  Profile profile;
};

constexpr std::array marks{Mark{"EBS", Profile::ebs}, Mark{"Remote Desktop", Profile::rds}};

std::string_view literal_of(cmark_node* node) {
  const char* literal = node ? cmark_node_get_literal(node) : nullptr;
  return literal ? literal : std::string_view();
}

void take_out(cmark_node* node) {
  cmark_node_unlink(node);
  cmark_node_free(node);
}

// "### Export the alerts (EBS)"
std::optional<Profile> profile_of_heading(cmark_node* heading) {
  const auto text = heading_text(heading);
  for (const auto& mark : marks) {
    if (text.ends_with("(" + std::string(mark.word) + ")")) return mark.profile;
  }
  return std::nullopt;
}

// "**EBS:** install the pack again." The mark is its first node.
std::optional<Profile> profile_of_paragraph(cmark_node* paragraph) {
  auto* first = cmark_node_first_child(paragraph);
  if (!first || cmark_node_get_type(first) != CMARK_NODE_STRONG) return std::nullopt;
  const auto text = literal_of(cmark_node_first_child(first));
  for (const auto& mark : marks) {
    if (text == std::string(mark.word) + ":") return mark.profile;
  }
  return std::nullopt;
}

// The paragraph that a block is, or begins with.
cmark_node* paragraph_of(cmark_node* block) {
  auto* node =
      cmark_node_get_type(block) == CMARK_NODE_ITEM ? cmark_node_first_child(block) : block;
  return node && cmark_node_get_type(node) == CMARK_NODE_PARAGRAPH ? node : nullptr;
}

void remove_mark(cmark_node* paragraph) {
  take_out(cmark_node_first_child(paragraph));
  auto* rest = cmark_node_first_child(paragraph);
  const auto text = literal_of(rest);
  const auto begin = std::min(text.find_first_not_of(' '), text.size());
  // What followed the colon now begins the sentence.
  if (begin > 0) cmark_node_set_literal(rest, capitalized(text.substr(begin)).c_str());
}

void keep_for_profile(Profile profile, cmark_node* block) {
  auto* paragraph = paragraph_of(block);
  const auto marked = paragraph ? profile_of_paragraph(paragraph) : std::nullopt;
  if (!marked) return;
  if (*marked == profile) {
    remove_mark(paragraph);
  } else {
    take_out(block);
  }
}

// "`tls_expired` `tls_untrusted`: renew it": the codes that an item begins with.
std::vector<std::string> leading_codes(cmark_node* item) {
  std::vector<std::string> codes;
  auto* paragraph = paragraph_of(item);
  for (auto* node = paragraph ? cmark_node_first_child(paragraph) : nullptr; node;
       node = cmark_node_next(node)) {
    if (cmark_node_get_type(node) == CMARK_NODE_CODE) {
      codes.emplace_back(literal_of(node));
    } else if (literal_of(node) != " ") {
      break;
    }
  }
  return codes;
}

bool contains(const std::vector<std::string>& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

// `served`: the reasons of the section.
void keep_for_reason(std::string_view reason, const std::vector<std::string>& served,
                     cmark_node* list) {
  std::vector<cmark_node*> own;
  for (auto* item = cmark_node_first_child(list); item;) {
    auto* const each = item;
    item = cmark_node_next(item);
    auto codes = leading_codes(each);
    std::erase_if(codes, [&](const std::string& code) { return !contains(served, code); });
    if (codes.empty()) continue;
    if (contains(codes, reason)) {
      own.push_back(each);
    } else {
      take_out(each);
    }
  }
  std::ranges::reverse(own);
  for (auto* item : own) {
    cmark_node_unlink(item);
    cmark_node_prepend_child(list, item);
  }
}

// "The file cannot be used: `missing`": of the reasons of a heading, only the one that was found.
void keep_code(std::string_view reason, cmark_node* heading) {
  for (auto* node = cmark_node_first_child(heading); node;) {
    auto* const each = node;
    node = cmark_node_next(node);
    if (cmark_node_get_type(each) != CMARK_NODE_CODE || literal_of(each) == reason) continue;
    auto* const between = cmark_node_previous(each);
    if (literal_of(between) == " ") {
      take_out(between);
    } else if (literal_of(node) == " ") {
      auto* const after = node;
      node = cmark_node_next(node);
      take_out(after);
    }
    take_out(each);
  }
}

void keep_items(const RunbookReader& reader, const std::vector<std::string>& served,
                cmark_node* list) {
  for (auto* item = cmark_node_first_child(list); item;) {
    auto* const each = item;
    item = cmark_node_next(item);
    keep_for_profile(reader.profile, each);
  }
  if (contains(served, reader.reason)) keep_for_reason(reader.reason, served, list);
  if (!cmark_node_first_child(list)) take_out(list);
}

bool is_heading(cmark_node* node, int level) {
  return node && cmark_node_get_type(node) == CMARK_NODE_HEADING &&
         cmark_node_get_heading_level(node) <= level;
}

// A part of which nothing is left.
void take_out_if_empty(cmark_node* heading) {
  if (!heading) return;
  auto* const next = cmark_node_next(heading);
  if (!next || is_heading(next, cmark_node_get_heading_level(heading))) take_out(heading);
}

}  // namespace

std::string heading_text(cmark_node* heading) {
  std::string text;
  for (auto* node = cmark_node_first_child(heading); node; node = cmark_node_next(node)) {
    text += literal_of(node);
  }
  return text;
}

std::vector<std::string> heading_codes(cmark_node* heading) {
  std::vector<std::string> codes;
  for (auto* node = cmark_node_first_child(heading); node; node = cmark_node_next(node)) {
    if (cmark_node_get_type(node) == CMARK_NODE_CODE) codes.emplace_back(literal_of(node));
  }
  return codes;
}

void keep_for(const RunbookReader& reader, cmark_node* document) {
  std::optional<int> left_out;  // the level of a heading that is for others, and what is below it
  std::vector<std::string> served;
  cmark_node* verify = nullptr;  // the heading
  bool is_in_verify = false;
  for (auto* node = cmark_node_first_child(document); node;) {
    auto* const block = node;
    node = cmark_node_next(node);
    const auto type = cmark_node_get_type(block);
    if (type == CMARK_NODE_HEADING) {
      const auto level = cmark_node_get_heading_level(block);
      const auto profile = profile_of_heading(block);
      if (left_out && level <= *left_out) left_out.reset();
      if (!left_out && profile && *profile != reader.profile) left_out = level;
      served = heading_codes(block);
      if (level <= 2) {
        is_in_verify = heading_text(block) == "Verify";
        if (is_in_verify) verify = block;
      }
      const bool is_for_others = is_in_verify && !served.empty() && !reader.reason.empty() &&
                                 !contains(served, reader.reason);
      if (!left_out && is_for_others) left_out = level;
      if (contains(served, reader.reason)) keep_code(reader.reason, block);
    }
    if (left_out) {
      take_out(block);
    } else if (type == CMARK_NODE_LIST) {
      keep_items(reader, served, block);
    } else {
      keep_for_profile(reader.profile, block);
    }
  }
  take_out_if_empty(verify);
}

}  // namespace cal
