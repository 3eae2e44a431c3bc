#include "probes/events/otlp.h"

namespace cal::winlog {

namespace {

using Memory = rapidjson::Document::AllocatorType;

constexpr int max_levels = 16;  // of an AnyValue

Json reference_to(const Json& text) {
  return Json(rapidjson::StringRef(text.GetString(), text.GetStringLength()));
}

template <class Visit>
void for_each(const Json& object, std::string_view name, const Visit& visit) {
  const auto* list = member(object, name);
  if (list == nullptr || !list->IsArray()) return;
  for (const auto& each : list->GetArray()) visit(each);
}

// An AnyValue, {"stringValue": "x"}, as "x".
Json plain(const Json& any, Memory& memory, int levels) {
  if (levels == 0) return {};
  if (const auto* list = member(any, "arrayValue")) {
    Json array(rapidjson::kArrayType);
    for_each(*list, "values",
             [&](const Json& each) { array.PushBack(plain(each, memory, levels - 1), memory); });
    return array;
  }
  if (const auto* pairs = member(any, "kvlistValue")) {
    Json object(rapidjson::kObjectType);
    for_each(*pairs, "values", [&](const Json& pair) {
      const auto* key = member(pair, "key");
      const auto* value = member(pair, "value");
      if (key == nullptr || !key->IsString() || value == nullptr) return;
      object.AddMember(reference_to(*key), plain(*value, memory, levels - 1), memory);
    });
    return object;
  }
  for (const auto* name : {"stringValue", "intValue", "doubleValue"}) {
    const auto* scalar = member(any, name);
    if (scalar && scalar->IsString()) return reference_to(*scalar);
  }
  const auto* flag = member(any, "boolValue");
  return flag && flag->IsBool() ? Json(flag->GetBool()) : Json();
}

}  // namespace

std::vector<Json> otlp_bodies(const Json& line, Memory& memory) {
  std::vector<Json> bodies;
  for_each(line, "resourceLogs", [&](const Json& resource) {
    for_each(resource, "scopeLogs", [&](const Json& scope) {
      for_each(scope, "logRecords", [&](const Json& record) {
        const auto* body = member(record, "body");
        bodies.push_back(body ? plain(*body, memory, max_levels) : Json());
      });
    });
  });
  return bodies;
}

}  // namespace cal::winlog
