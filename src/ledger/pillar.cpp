#include "ledger/pillar.h"

namespace fulcrum::ledger {

std::string_view role_name(Role role) {
  switch (role) {
    case Role::kViewer:
      return "viewer";
    case Role::kService:
      return "service";
    case Role::kMember:
      return "member";
    case Role::kOwner:
      return "owner";
  }
  return "viewer";
}

base::Result<Role> role_from(std::string_view name) {
  for (const Role role : {Role::kViewer, Role::kService, Role::kMember, Role::kOwner})
    if (role_name(role) == name) return role;
  return base::usage("role.unknown", "unknown role \"" + std::string(name) + "\"", "role",
                     "roles: viewer, service, member, owner");
}

}  // namespace fulcrum::ledger
