#include "probes/replication/flat_xml.h"

#include "agent/base/text.h"
#include "probes/replication/metadata.h"

#include <expat.h>

#include <algorithm>
#include <array>
#include <exception>
#include <memory>
#include <new>
#include <span>

namespace cal::replication {

namespace {

constexpr std::size_t max_elements = 64;

struct FreeParser {
  void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
};

class FlatReader {
 public:
  explicit FlatReader(std::span<const std::string_view> outer)
      : outer_(outer), parser_(XML_ParserCreate("UTF-8")) {
    if (!parser_) throw std::bad_alloc();
    XML_SetUserData(parser_.get(), this);
    XML_SetElementHandler(parser_.get(), on_open, on_close);
    XML_SetCharacterDataHandler(parser_.get(), on_text);
    XML_SetStartDoctypeDeclHandler(parser_.get(), on_doctype);
  }

  std::optional<Elements> read(std::string_view xml) {
    const auto status =
        XML_Parse(parser_.get(), xml.data(), static_cast<int>(xml.size()), XML_TRUE);
    if (failure_) std::rethrow_exception(failure_);
    if (status != XML_STATUS_OK) return std::nullopt;
    return std::move(elements_);
  }

 private:
  // Expat is C: no exception may pass through it.
  template <class Step>
  static void guarded(void* user_data, const Step& step) {
    auto& reader = *static_cast<FlatReader*>(user_data);
    try {
      step(reader);
    } catch (...) {
      reader.failure_ = std::current_exception();
      reader.stop();
    }
  }

  static void on_open(void* user_data, const char* name, const char** /*attributes*/) {
    guarded(user_data, [&](FlatReader& reader) { reader.open(name); });
  }
  static void on_text(void* user_data, const char* text, int size) {
    guarded(user_data, [&](FlatReader& reader) {
      reader.add({text, static_cast<std::size_t>(size)});
    });
  }
  static void on_close(void* user_data, const char* name) {
    guarded(user_data, [&](FlatReader& reader) { reader.close(name); });
  }
  static void on_doctype(void* user_data, const char* /*name*/, const char* /*system*/,
                         const char* /*identifier*/, int /*has_subset*/) {
    static_cast<FlatReader*>(user_data)->stop();
  }

  void stop() { XML_StopParser(parser_.get(), XML_FALSE); }

  void open(std::string_view name) {
    constexpr int deepest = 2;
    ++depth_;
    const bool is_outer = depth_ == 1;
    if (depth_ > deepest || elements_.size() == max_elements || name.size() > max_text ||
        (is_outer && std::ranges::find(outer_, name) == outer_.end())) {
      stop();
    }
    text_.clear();
  }

  void add(std::string_view text) {
    if (depth_ < 2) return;
    text_ += text;
    if (text_.size() > max_text) stop();
  }

  void close(const char* name) {
    if (depth_-- == 2) elements_.try_emplace(name, text_);
  }

  std::span<const std::string_view> outer_;
  std::unique_ptr<XML_ParserStruct, FreeParser> parser_;
  int depth_ = 0;
  std::string text_;
  Elements elements_;
  std::exception_ptr failure_;
};

// An "&" that begins no reference is meant as itself.
std::string with_references(std::string_view xml) {
  constexpr std::array<std::string_view, 6> references{"amp;", "lt;", "gt;", "quot;", "apos;", "#"};
  std::string text;
  text.reserve(xml.size());
  for (std::size_t i = 0; i < xml.size(); ++i) {
    text += xml[i];
    const auto after = xml.substr(i + 1);
    const bool begins_one = std::ranges::any_of(
        references, [&](std::string_view each) { return after.starts_with(each); });
    if (xml[i] == '&' && !begins_one) text += "amp;";
  }
  return text;
}

}  // namespace

std::optional<Elements> parse_flat_xml(std::string_view xml,
                                       std::initializer_list<std::string_view> outer) {
  if (xml.size() > max_fragment) return std::nullopt;
  const auto fragment = trimmed(xml, std::string_view(" \t\r\n\0", 5));
  return FlatReader(std::span(outer.begin(), outer.size())).read(with_references(fragment));
}

}  // namespace cal::replication
