#include "agent/pages/verification.h"

#include "agent/base/text.h"

#include <cmark-gfm.h>

#include <algorithm>
#include <memory>

namespace cal {

namespace {

constexpr std::string_view check_mark = "Check:";

struct FreeNode {
  void operator()(cmark_node* node) const { cmark_node_free(node); }
};

// The words of a block and of all below it, on one line.
std::string words_of(cmark_node* node) {
  const char* const literal = cmark_node_get_literal(node);
  switch (cmark_node_get_type(node)) {
    case CMARK_NODE_TEXT:
      return literal;
    case CMARK_NODE_CODE:
      return "`" + std::string(literal) + "`";
    case CMARK_NODE_SOFTBREAK:
    case CMARK_NODE_LINEBREAK:
      return " ";
    default:
      break;
  }
  std::string words;
  for (auto* child = cmark_node_first_child(node); child; child = cmark_node_next(child)) {
    const bool is_block = cmark_node_get_type(child) == CMARK_NODE_PARAGRAPH;
    if (is_block && !words.empty()) words += ' ';
    words += words_of(child);
  }
  return words;
}

void add_words(cmark_node* block, std::vector<std::string>& texts) {
  if (cmark_node_get_type(block) != CMARK_NODE_LIST) {
    texts.push_back(words_of(block));
    return;
  }
  for (auto* item = cmark_node_first_child(block); item; item = cmark_node_next(item)) {
    texts.push_back(words_of(item));
  }
}

// "**Check:** the list is not empty."
bool is_check(cmark_node* block) {
  auto* const first = cmark_node_first_child(block);
  return cmark_node_get_type(block) == CMARK_NODE_PARAGRAPH && first &&
         cmark_node_get_type(first) == CMARK_NODE_STRONG && words_of(first) == check_mark;
}

}  // namespace

std::vector<std::string> verification_of(std::string_view markdown, const RunbookReader& reader) {
  const std::unique_ptr<cmark_node, FreeNode> document(
      cmark_parse_document(markdown.data(), markdown.size(), CMARK_OPT_DEFAULT));
  keep_for(reader, document.get());
  std::vector<std::string> texts;
  std::string part;           // "Resolve"
  bool is_of_reason = false;  // the section below it
  bool is_after_check = false;
  for (auto* block = cmark_node_first_child(document.get()); block;
       block = cmark_node_next(block)) {
    const auto type = cmark_node_get_type(block);
    if (type == CMARK_NODE_HEADING) {
      if (cmark_node_get_heading_level(block) == 2) part = heading_text(block);
      const auto codes = heading_codes(block);
      is_of_reason = part == "Resolve" && std::ranges::find(codes, reader.reason) != codes.end();
      is_after_check = false;
    } else if (part == "Verify") {
      add_words(block, texts);
    } else if (is_of_reason && is_check(block)) {
      auto text = words_of(block).substr(check_mark.size());
      if (!trimmed(text).empty()) texts.push_back(capitalized(trimmed(text)));
      is_after_check = true;
    } else {
      if (is_after_check && type == CMARK_NODE_LIST) add_words(block, texts);
      is_after_check = false;
    }
  }
  return texts;
}

}  // namespace cal
