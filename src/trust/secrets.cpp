#include "trust/secrets.h"

#include "base/json.h"
#include "trust/decide.h"

namespace fulcrum::trust {

using ledger::Context;
using ledger::EventMeta;
using ledger::NewEvents;

base::Result<std::string> seal_secret(ledger::SubjectVault& vault, const std::string& name,
                                      const std::string& plain) {
  base::json::value value =
      base::json::object{{"$personal", {{"subject", "secret/" + name}, {"text", plain}}}};
  CHECK_OK(vault.seal(value));
  if (!base::find_path(value, "$sealed"))
    return base::failed("secret.unsealed", "the vault did not seal the value");
  return base::to_text(value);
}

base::Result<std::string> open_secret(const ledger::SubjectVault& vault, const State& state,
                                      const std::string& name) {
  const auto found = state.secrets.find(name);
  if (found == state.secrets.end())
    return base::not_found("secret.unknown", "no secret " + name, "see secret.list");
  TRY(auto value, base::parse_json(found->second.sealed, "sealed secret"));
  base::json::value holder = base::json::object{{"value", std::move(value)}};
  vault.open(holder);
  // A vault gives back either the bare text or the personal object it was made from.
  std::string text = base::get_string(holder, "value");
  if (const auto* personal = base::find_path(holder, "value.$personal"))
    text = base::get_string(*personal, "text");
  if (text.empty()) return base::failed("secret.erased", "the secret's key was destroyed");
  return text;
}

base::Result<NewEvents> decide(const State& state, const PutSecret& command, const Context&) {
  if (command.name.empty()) return base::usage("secret.name", "a secret needs a name", "name");
  // The value itself must not be repeated in an error: it may be the secret.
  const auto sealed = base::parse_json(command.sealed, "sealed secret");
  if (!sealed || !base::find_path(*sealed, "$sealed") || base::find_path(*sealed, "$personal"))
    return base::refused("secret.plain", "the value is not sealed",
                         "use the command line or the API, which seal it before it is sent");
  const auto found = state.secrets.find(command.name);
  if (found != state.secrets.end() && found->second.sealed == command.sealed) return NewEvents{};
  return NewEvents{event("secret/" + command.name, SecretPut{command.name, command.sealed})};
}

base::Result<NewEvents> decide(const State& state, const RemoveSecret& command, const Context&) {
  if (!state.secrets.contains(command.name))
    return base::not_found("secret.unknown", "no secret " + command.name, "see secret.list");
  return NewEvents{event("secret/" + command.name, SecretRemoved{command.name})};
}

void evolve(State& state, const SecretPut& e, const EventMeta& meta) {
  Secret& secret = state.secrets[e.name];
  secret.sealed = e.sealed;
  ++secret.version;
  secret.changed_at_us = meta.time_us;
  secret.changed_by = std::string(meta.actor);
}
void evolve(State& state, const SecretRemoved& e, const EventMeta&) {
  state.secrets.erase(e.name);
}

base::Result<base::json::value> answer(const State& state, const ListSecrets& query,
                                       const ledger::TableReader&) {
  base::json::array secrets;
  for (const auto& [name, secret] : state.secrets) {
    if (!name.starts_with(query.name)) continue;
    secrets.push_back(base::json::object{{"name", name},
                                         {"version", secret.version},
                                         {"changed_at_us", secret.changed_at_us},
                                         {"changed_by", secret.changed_by}});
  }
  return base::json::object{{"secrets", std::move(secrets)}};
}

}  // namespace fulcrum::trust
