#include "control/engine/body_recognition.h"

#include "base/hash.h"

namespace fulcrum::control {

namespace json = base::json;

namespace {

std::string_view key_name(std::string_view recognised) {
  return recognised.substr(0, recognised.find(':'));
}

}  // namespace

base::Result<std::string> recognise_body(const json::value& body, const ledger::SubjectVault* vault,
                                         const std::vector<std::string>& subjects) {
  const std::string text = base::to_canonical_text(body);
  if (!vault) return "plain:" + base::sha256_hex(text);
  return vault->recognise(text, subjects);
}

bool same_body(std::string_view now, std::string_view kept) {
  return now.empty() || kept.empty() || key_name(now) != key_name(kept) || now == kept;
}

void add_subjects(const json::value& payload, std::vector<std::string>& subjects) {
  if (const auto* array = payload.if_array()) {
    for (const auto& element : *array) add_subjects(element, subjects);
  } else if (const auto* object = payload.if_object()) {
    if (const auto* sealed = object->if_contains("$sealed")) {
      subjects.push_back(base::get_string(*sealed, "subject"));
      return;
    }
    for (const auto& member : *object) add_subjects(member.value(), subjects);
  }
}

}  // namespace fulcrum::control
