#pragma once
#include <boost/describe/class.hpp>
#include <cstdint>
#include <map>
#include <string>

#include "trust/types.h"

namespace fulcrum::trust {

struct Token {
  std::string actor;
  RoleName role = RoleName::kViewer;
  std::int64_t expires_at_us = 0;
  std::string token_sha256;
  std::int64_t created_at_us = 0;
  bool revoked = false;
};
BOOST_DESCRIBE_STRUCT(Token, (), (actor, role, expires_at_us, token_sha256, created_at_us, revoked))

struct Grant {
  RoleName role = RoleName::kViewer;
  bool revoked = false;
};
BOOST_DESCRIBE_STRUCT(Grant, (), (role, revoked))

struct Secret {
  std::string sealed;  // opaque text; opened only by open_secret()
  std::uint64_t version = 0;
  std::int64_t changed_at_us = 0;
  std::string changed_by;
};
BOOST_DESCRIBE_STRUCT(Secret, (), (sealed, version, changed_at_us, changed_by))

/// What trust decisions need to know.
struct State {
  std::map<std::string, Token> tokens;         // by public id
  std::map<std::string, Grant> grants;         // by actor
  std::map<std::string, Secret> secrets;       // by name
  std::map<std::string, std::int64_t> erased;  // subject → when
};
BOOST_DESCRIBE_STRUCT(State, (), (tokens, grants, secrets, erased))

}  // namespace fulcrum::trust
