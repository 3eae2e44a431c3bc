#include "agent/pages/markdown.h"

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>
#include <fmt/format.h>

#include <cctype>
#include <cstdlib>
#include <memory>
#include <mutex>

namespace cal {

namespace {

struct Free {
  void operator()(cmark_node* node) const { cmark_node_free(node); }
  void operator()(cmark_parser* parser) const { cmark_parser_free(parser); }
  void operator()(char* text) const { std::free(text); }
};

// "../license_compliance/README.md" -> "license_compliance": the pages are served side by side.
void serve_neighbours(cmark_node* document) {
  const std::unique_ptr<cmark_iter, decltype(&cmark_iter_free)> each(cmark_iter_new(document),
                                                                     &cmark_iter_free);
  while (cmark_iter_next(each.get()) != CMARK_EVENT_DONE) {
    auto* node = cmark_iter_get_node(each.get());
    if (cmark_node_get_type(node) != CMARK_NODE_LINK) continue;
    const std::string_view url = cmark_node_get_url(node);
    const std::string_view up = "../";
    const std::string_view page = "/README.md";
    if (!url.starts_with(up) || !url.ends_with(page)) continue;
    const std::string probe(url.substr(up.size(), url.size() - up.size() - page.size()));
    if (probe.find('/') == std::string::npos) cmark_node_set_url(node, probe.c_str());
  }
}

// "How it asks" -> "how-it-asks"
std::string slug_of(std::string_view heading) {
  std::string slug;
  for (const char c : heading) {
    const auto byte = static_cast<unsigned char>(c);
    slug += std::isalnum(byte) ? static_cast<char>(std::tolower(byte)) : '-';
  }
  return slug;
}

// Headings that links can lead to: cmark itself gives them no id.
void anchor_headings(cmark_node* document) {
  for (auto* node = cmark_node_first_child(document); node; node = cmark_node_next(node)) {
    auto* text = cmark_node_first_child(node);
    if (cmark_node_get_type(node) != CMARK_NODE_HEADING || !text) continue;
    const char* heading = cmark_node_get_literal(text);
    auto* anchor = cmark_node_new(CMARK_NODE_CUSTOM_INLINE);
    cmark_node_set_on_enter(
        anchor, fmt::format("<span id=\"{}\"></span>", slug_of(heading ? heading : "")).c_str());
    cmark_node_prepend_child(node, anchor);
  }
}

}  // namespace

std::string html_of_markdown(std::string_view markdown) {
  static std::once_flag registered;
  std::call_once(registered, &cmark_gfm_core_extensions_ensure_registered);
  const std::unique_ptr<cmark_parser, Free> parser(cmark_parser_new(CMARK_OPT_DEFAULT));
  cmark_parser_attach_syntax_extension(parser.get(), cmark_find_syntax_extension("table"));
  cmark_parser_feed(parser.get(), markdown.data(), markdown.size());
  const std::unique_ptr<cmark_node, Free> document(cmark_parser_finish(parser.get()));
  serve_neighbours(document.get());
  anchor_headings(document.get());
  const std::unique_ptr<char, Free> html(cmark_render_html(
      document.get(), CMARK_OPT_DEFAULT, cmark_parser_get_syntax_extensions(parser.get())));
  return html.get();
}

}  // namespace cal
