#include "agent/pages/markdown.h"

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <memory>
#include <mutex>

namespace cal {

namespace {

struct Free {
  void operator()(cmark_node* node) const { cmark_node_free(node); }
  void operator()(cmark_parser* parser) const { cmark_parser_free(parser); }
  void operator()(cmark_iter* iter) const { cmark_iter_free(iter); }
  void operator()(char* text) const { std::free(text); }
};

std::optional<Link> link_to(const Links& links, std::string_view url) {
  constexpr std::string_view up = "../";
  constexpr std::string_view page = "/README.md";
  if (url.starts_with('#')) return Link::section(url.substr(1));
  if (!url.starts_with(up) || !url.ends_with(page)) return Link::external(url);
  const auto neighbor = url.substr(up.size(), url.size() - up.size() - page.size());
  if (neighbor.find('/') != neighbor.npos) return std::nullopt;
  return links.runbook(neighbor);
}

void replace_by_its_text(cmark_node* node) {
  while (auto* child = cmark_node_first_child(node)) cmark_node_insert_before(node, child);
  cmark_node_free(node);
}

void resolve_links(const Links& links, cmark_node* document) {
  const std::unique_ptr<cmark_iter, Free> iter(cmark_iter_new(document));
  for (auto event = cmark_iter_next(iter.get()); event != CMARK_EVENT_DONE;
       event = cmark_iter_next(iter.get())) {
    if (event != CMARK_EVENT_EXIT) continue;  // only then a node may be changed
    auto* node = cmark_iter_get_node(iter.get());
    const bool is_link = cmark_node_get_type(node) == CMARK_NODE_LINK;
    if (!is_link && cmark_node_get_type(node) != CMARK_NODE_IMAGE) continue;
    const auto link = is_link ? link_to(links, cmark_node_get_url(node)) : std::nullopt;
    if (link) {
      cmark_node_set_url(node, link->url().c_str());
    } else {
      replace_by_its_text(node);
    }
  }
}

// As GitHub makes it: "Not a member: `not_member`" -> "not-a-member-not_member"
std::string slug_of(std::string_view heading) {
  std::string slug;
  for (const char c : heading) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) || c == '_' || c == '-') slug += static_cast<char>(std::tolower(byte));
    if (c == ' ') slug += '-';
  }
  return slug;
}

// Gives headings an id that links can lead to; cmark itself does not.
void anchor_headings(cmark_node* document) {
  for (auto* node = cmark_node_first_child(document); node; node = cmark_node_next(node)) {
    if (cmark_node_get_type(node) != CMARK_NODE_HEADING) continue;
    const auto anchor_html = markup(R"(<span id="{}"></span>)", slug_of(heading_text(node)));
    auto* anchor = cmark_node_new(CMARK_NODE_CUSTOM_INLINE);
    cmark_node_set_on_enter(anchor, anchor_html.str().c_str());
    cmark_node_prepend_child(node, anchor);
  }
}

std::string rendered(cmark_node* node, cmark_llist* extensions) {
  const std::unique_ptr<char, Free> html(cmark_render_html(node, CMARK_OPT_DEFAULT, extensions));
  return html.get();
}

// What the heading says, apart from its `code`.
void read_heading(cmark_node* heading, MarkdownSection& section) {
  section.level = cmark_node_get_heading_level(heading);
  for (auto* node = cmark_node_first_child(heading); node; node = cmark_node_next(node)) {
    const char* literal = cmark_node_get_literal(node);
    if (cmark_node_get_type(node) == CMARK_NODE_TEXT) section.heading += literal;
  }
  section.codes = heading_codes(heading);
}

}  // namespace

Html MarkdownPage::body() const {
  Html all;
  for (const auto& section : sections) all += section.html;
  return all;
}

MarkdownPage html_of_markdown(const Links& links, std::string_view markdown,
                              const std::optional<RunbookReader>& reader) {
  static std::once_flag registered;
  std::call_once(registered, &cmark_gfm_core_extensions_ensure_registered);
  const std::unique_ptr<cmark_parser, Free> parser(cmark_parser_new(CMARK_OPT_DEFAULT));
  cmark_parser_attach_syntax_extension(parser.get(), cmark_find_syntax_extension("table"));
  cmark_parser_feed(parser.get(), markdown.data(), markdown.size());
  const std::unique_ptr<cmark_node, Free> document(cmark_parser_finish(parser.get()));
  if (reader) keep_for(*reader, document.get());
  resolve_links(links, document.get());
  anchor_headings(document.get());

  auto* extensions = cmark_parser_get_syntax_extensions(parser.get());
  MarkdownPage page;
  auto* first = cmark_node_first_child(document.get());
  if (first && cmark_node_get_type(first) == CMARK_NODE_HEADING) {
    page.title = Html::trusted(rendered(first, extensions));
    cmark_node_free(first);
  }
  for (auto* node = cmark_node_first_child(document.get()); node; node = cmark_node_next(node)) {
    const bool is_heading = cmark_node_get_type(node) == CMARK_NODE_HEADING;
    if (is_heading || page.sections.empty()) page.sections.emplace_back();
    if (is_heading) read_heading(node, page.sections.back());
    page.sections.back().html += Html::trusted(rendered(node, extensions));
  }
  return page;
}

Html steps_for(std::string_view reason, const std::vector<MarkdownSection>& sections) {
  Html steps;
  bool in_resolve = false;
  for (const auto& section : sections) {
    if (section.level == 2) in_resolve = section.heading == "Resolve";
    const auto& words = section.codes;
    if (in_resolve && std::ranges::find(words, reason) != words.end()) steps += section.html;
  }
  return steps;
}

}  // namespace cal
