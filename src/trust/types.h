#pragma once
// Commands, queries and events of the trust pillar: who may do what, who did what, secrets and
// erasure.
#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>
#include <cstdint>
#include <string>

#include "ledger/pillar.h"

namespace fulcrum::trust {

/// ledger::Role with names; the numbers agree.
enum class RoleName { kViewer, kService, kMember, kOwner };
BOOST_DESCRIBE_ENUM(RoleName, kViewer, kService, kMember, kOwner)
constexpr ledger::Role to_role(RoleName name) {
  return static_cast<ledger::Role>(name);
}
static_assert(to_role(RoleName::kViewer) == ledger::Role::kViewer);
static_assert(to_role(RoleName::kService) == ledger::Role::kService);
static_assert(to_role(RoleName::kMember) == ledger::Role::kMember);
static_assert(to_role(RoleName::kOwner) == ledger::Role::kOwner);

/// Lets the holder of a secret act as `actor`. The front makes the secret and shows it once; only
/// its SHA-256 (64 hexadecimal digits) comes here.
struct CreateToken {
  std::string actor;
  RoleName role = RoleName::kViewer;
  std::int64_t expires_at_us = 0;
  std::string token_sha256;
  static constexpr std::string_view kRequired[] = {"actor", "role", "expires_at_us",
                                                   "token_sha256"};
};
BOOST_DESCRIBE_STRUCT(CreateToken, (), (actor, role, expires_at_us, token_sha256))

/// `token` is the token's public id as token.list shows it.
struct RevokeToken {
  std::string token;
  static constexpr std::string_view kRequired[] = {"token"};
};
BOOST_DESCRIBE_STRUCT(RevokeToken, (), (token))

struct GrantRole {
  std::string actor;
  RoleName role = RoleName::kViewer;
  static constexpr std::string_view kRequired[] = {"actor", "role"};
};
BOOST_DESCRIBE_STRUCT(GrantRole, (), (actor, role))

/// Takes every role from an actor; its tokens stop working at once.
struct RevokeRole {
  std::string actor;
  static constexpr std::string_view kRequired[] = {"actor"};
};
BOOST_DESCRIBE_STRUCT(RevokeRole, (), (actor))

/// Somebody read data: `what` is how ("export", "query"), `subject` is which stream or data set.
struct RecordAccess {
  std::string what;
  std::string subject;
  static constexpr std::string_view kRequired[] = {"what", "subject"};
};
BOOST_DESCRIBE_STRUCT(RecordAccess, (), (what, subject))

/// Destroys the key of everything personal about `subject` ("member/…"). For ever.
struct EraseSubject {
  std::string subject;
  std::string reason;
  static constexpr std::string_view kRequired[] = {"subject", "reason"};
};
BOOST_DESCRIBE_STRUCT(EraseSubject, (), (subject, reason))

/// `sealed` is what seal_secret() returned; a plain value is refused.
struct PutSecret {
  std::string name;
  std::string sealed;
  static constexpr std::string_view kRequired[] = {"name", "sealed"};
};
BOOST_DESCRIBE_STRUCT(PutSecret, (), (name, sealed))

struct RemoveSecret {
  std::string name;
  static constexpr std::string_view kRequired[] = {"name"};
};
BOOST_DESCRIBE_STRUCT(RemoveSecret, (), (name))

struct TokenCreated {
  std::string token;
  std::string actor;
  RoleName role = RoleName::kViewer;
  std::int64_t expires_at_us = 0;
  std::string token_sha256;
};
BOOST_DESCRIBE_STRUCT(TokenCreated, (), (token, actor, role, expires_at_us, token_sha256))

struct TokenRevoked {
  std::string token;
};
BOOST_DESCRIBE_STRUCT(TokenRevoked, (), (token))

struct RoleGranted {
  std::string actor;
  RoleName role = RoleName::kViewer;
};
BOOST_DESCRIBE_STRUCT(RoleGranted, (), (actor, role))

struct RoleRevoked {
  std::string actor;
};
BOOST_DESCRIBE_STRUCT(RoleRevoked, (), (actor))

/// Appended by the engine on stream audit/ACTOR when a command, or a query, was not let through.
struct CommandRefused {
  std::string command;
  std::string code;
};
BOOST_DESCRIBE_STRUCT(CommandRefused, (), (command, code))

/// `count` reads of one actor, between first_us and last_us (0: at the event's own time). The
/// engine writes it for every query of data (`what` is its name, `subject` the data it names); a
/// front for what is no query ("ledger.read"); access.record for what is read outside.
struct AccessRecorded {
  std::string what;
  std::string subject;
  std::uint64_t count = 1;
  std::int64_t first_us = 0;
  std::int64_t last_us = 0;
};
BOOST_DESCRIBE_STRUCT(AccessRecorded, (), (what, subject, count, first_us, last_us))

/// Whoever holds the vault destroys the subject's key when it sees this.
struct SubjectErased {
  std::string subject;
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(SubjectErased, (), (subject, reason))

struct SecretPut {
  std::string name;
  std::string sealed;
};
BOOST_DESCRIBE_STRUCT(SecretPut, (), (name, sealed))

struct SecretRemoved {
  std::string name;
};
BOOST_DESCRIBE_STRUCT(SecretRemoved, (), (name))

struct ListTokens {
  std::string actor;  // empty: all
};
BOOST_DESCRIBE_STRUCT(ListTokens, (), (actor))

struct ListRoles {
  std::string actor;  // empty: all
};
BOOST_DESCRIBE_STRUCT(ListRoles, (), (actor))

/// Empty or 0: any. `what` and `subject` match by prefix.
struct ListAudit {
  std::string actor;
  std::string what;
  std::string subject;
  std::string outcome;
  std::int64_t from_us = 0;
  std::int64_t to_us = 0;
  std::uint64_t before_seq = 0;  // for the next page: the last page's smallest seq
  unsigned limit = 100;
};
BOOST_DESCRIBE_STRUCT(ListAudit, (),
                      (actor, what, subject, outcome, from_us, to_us, before_seq, limit))

struct ListSubjects {
  std::string subject;  // prefix
  unsigned limit = 100;
};
BOOST_DESCRIBE_STRUCT(ListSubjects, (), (subject, limit))

struct ListSecrets {
  std::string name;  // prefix
};
BOOST_DESCRIBE_STRUCT(ListSecrets, (), (name))

}  // namespace fulcrum::trust
