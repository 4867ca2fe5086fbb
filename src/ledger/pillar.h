#pragma once
// A pillar as the engine and the fronts see it: names, schemas and function pointers, no
// templates. pillar_bind.h makes one from a pillar's described structs and its .def lists.
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/json.h"
#include "base/random.h"
#include "base/result.h"
#include "ledger/event.h"
#include "ledger/tables.h"

namespace fulcrum::ledger {

/// Roles, weakest first; each may do what those before it may. A service (a job, the runner) is
/// a member that cannot change who may do what.
enum class Role { kViewer, kService, kMember, kOwner };
std::string_view role_name(Role role);
base::Result<Role> role_from(std::string_view name);

/// What a decision may know besides the state: all of it is an argument.
struct Context {
  std::int64_t now_us = 0;
  std::string actor;
  Role role = Role::kViewer;
  base::IdSource* ids = nullptr;
  base::Random* random = nullptr;
};

/// When and by whom, for evolve.
struct EventMeta {
  std::uint64_t seq = 0;
  std::int64_t time_us = 0;
  std::string_view stream;
  std::string_view actor;
};

struct CommandSpec {
  std::string_view name;      // "job.submit"
  Role role = Role::kMember;  // the least that may send it
  std::string_view summary;   // one English sentence; translations by catalogue key "command.NAME"
  base::json::object schema;  // of the body
};
struct QuerySpec {
  std::string_view name;
  Role role = Role::kViewer;
  std::string_view summary;
  base::json::object schema;
  /// Whoever asks is kept in the audit: the answer is data (records, labels, texts of people, the
  /// audit itself), not a figure of management. `about`: the parameter that names which data.
  bool reads_data = false;
  std::string_view about = {};
};

/// Called by one thread (the writer) except answer(), which any thread may call while the engine
/// holds its state lock shared.
class Pillar {
 public:
  virtual ~Pillar() = default;
  virtual std::string_view name() const = 0;
  virtual const std::vector<CommandSpec>& commands() const = 0;
  virtual const std::vector<QuerySpec>& queries() const = 0;
  virtual const std::vector<TableSpec>& tables() const = 0;

  /// Pure: the events this command would cause, or why not. `body` is a JSON object.
  virtual base::Result<NewEvents> decide(std::string_view command, const base::json::value& body,
                                         const Context& context) const = 0;
  /// Applies an event; kinds of other pillars are ignored. `payload` has personal fields opened.
  virtual void evolve(const Event& event, const base::json::value& payload) = 0;
  /// Writes read models for an event; `payload` is as stored (personal fields sealed).
  virtual void project(const Event& event, const base::json::value& payload,
                       TableWriter& tables) const = 0;
  virtual base::Result<base::json::value> answer(std::string_view query,
                                                 const base::json::value& parameters,
                                                 const TableReader& tables) const = 0;

  /// Whole state as JSON, and back; restore({}) is the empty state.
  virtual base::json::value save() const = 0;
  virtual base::Status restore(const base::json::value& saved) = 0;
  /// Changes when the state's shape does, so that a snapshot of another shape is not restored.
  virtual std::string state_shape() const { return {}; }
};

}  // namespace fulcrum::ledger
