// Tokens and roles.
#include <algorithm>

#include "trust/decide.h"
#include "trust/identity.h"

namespace fulcrum::trust {

using ledger::Context;
using ledger::EventMeta;
using ledger::NewEvents;

namespace {

bool is_sha256(std::string_view text) {
  return text.size() == 64 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

bool is_owner(const State& state, const std::string& actor) {
  const auto found = state.grants.find(actor);
  return found != state.grants.end() && !found->second.revoked &&
         found->second.role == RoleName::kOwner;
}

/// True when taking `actor`'s ownership away would leave nobody who can grant roles.
bool is_last_owner(const State& state, const std::string& actor) {
  if (!is_owner(state, actor)) return false;
  return std::none_of(state.grants.begin(), state.grants.end(), [&](const auto& entry) {
    return entry.first != actor && is_owner(state, entry.first);
  });
}

base::Failure last_owner() {
  return base::refused("role.last_owner", "this is the last owner",
                       "grant somebody else the role owner first");
}

}  // namespace

base::Result<NewEvents> decide(const State& state, const CreateToken& command,
                               const Context& context) {
  if (command.actor.empty()) return base::usage("token.actor", "a token needs an actor", "actor");
  if (!is_sha256(command.token_sha256))
    return base::usage("token.hash", "expected 64 lower-case hexadecimal digits", "token_sha256");
  if (command.expires_at_us <= context.now_us)
    return base::usage("token.expired", "the token would have expired already", "expires_at_us");
  if (context.role != ledger::Role::kOwner) {
    if (command.actor != context.actor)
      return base::refused("token.other_actor", "only an owner makes tokens for others");
    if (to_role(command.role) > context.role)
      return base::refused("token.role", "a token cannot be stronger than its maker");
  }
  if (const auto grant = state.grants.find(command.actor);
      grant != state.grants.end() && grant->second.revoked)
    return base::refused("token.no_role", command.actor + " has no role any more",
                         "grant it a role first");
  const std::string id = token_id(command.token_sha256);
  if (state.tokens.contains(id))
    return base::conflict("token.exists", "this token exists already", "make a new secret");
  return NewEvents{event("token/" + id, TokenCreated{id, command.actor, command.role,
                                                     command.expires_at_us, command.token_sha256})};
}

base::Result<NewEvents> decide(const State& state, const RevokeToken& command,
                               const Context& context) {
  const auto found = state.tokens.find(command.token);
  if (found == state.tokens.end())
    return base::not_found("token.unknown", "no token " + command.token, "see token.list");
  if (context.role != ledger::Role::kOwner && found->second.actor != context.actor)
    return base::refused("token.other_actor", "only an owner revokes the tokens of others");
  if (found->second.revoked) return NewEvents{};
  return NewEvents{event("token/" + command.token, TokenRevoked{command.token})};
}

base::Result<NewEvents> decide(const State& state, const GrantRole& command, const Context&) {
  if (command.actor.empty()) return base::usage("role.actor", "a role needs an actor", "actor");
  const auto found = state.grants.find(command.actor);
  if (found != state.grants.end() && !found->second.revoked && found->second.role == command.role)
    return NewEvents{};
  if (command.role != RoleName::kOwner && is_last_owner(state, command.actor)) return last_owner();
  return NewEvents{event("role/" + command.actor, RoleGranted{command.actor, command.role})};
}

base::Result<NewEvents> decide(const State& state, const RevokeRole& command, const Context&) {
  if (command.actor.empty()) return base::usage("role.actor", "name an actor", "actor");
  if (is_last_owner(state, command.actor)) return last_owner();
  const auto found = state.grants.find(command.actor);
  if (found != state.grants.end() && found->second.revoked) return NewEvents{};
  return NewEvents{event("role/" + command.actor, RoleRevoked{command.actor})};
}

void evolve(State& state, const TokenCreated& e, const EventMeta& meta) {
  state.tokens[e.token] =
      Token{e.actor, e.role, e.expires_at_us, e.token_sha256, meta.time_us, false};
}
void evolve(State& state, const TokenRevoked& e, const EventMeta&) {
  if (const auto found = state.tokens.find(e.token); found != state.tokens.end())
    found->second.revoked = true;
}
void evolve(State& state, const RoleGranted& e, const EventMeta&) {
  state.grants[e.actor] = Grant{e.role, false};
}
void evolve(State& state, const RoleRevoked& e, const EventMeta&) {
  state.grants[e.actor].revoked = true;
}

base::Result<base::json::value> answer(const State& state, const ListTokens& query,
                                       const ledger::TableReader&) {
  base::json::array tokens;
  for (const auto& [id, token] : state.tokens) {
    if (!query.actor.empty() && token.actor != query.actor) continue;
    tokens.push_back(base::json::object{{"token", id},
                                        {"actor", token.actor},
                                        {"role", ledger::role_name(to_role(token.role))},
                                        {"created_at_us", token.created_at_us},
                                        {"expires_at_us", token.expires_at_us},
                                        {"revoked", token.revoked}});
  }
  return base::json::object{{"tokens", std::move(tokens)}};
}

base::Result<base::json::value> answer(const State& state, const ListRoles& query,
                                       const ledger::TableReader&) {
  base::json::array roles;
  for (const auto& [actor, grant] : state.grants) {
    if (grant.revoked || (!query.actor.empty() && actor != query.actor)) continue;
    roles.push_back(
        base::json::object{{"actor", actor}, {"role", ledger::role_name(to_role(grant.role))}});
  }
  return base::json::object{{"roles", std::move(roles)}};
}

}  // namespace fulcrum::trust
