#pragma once
// Holding a home: its engine, its routes and its sockets in one object. `fulcrum up` holds one with
// TCP; a long verb that works without a server (`run`) holds one with the Unix socket alone, so
// that its jobs and other processes can forward to it.
#include <memory>
#include <string>

#include "api/router.h"
#include "base/result.h"
#include "control/engine/home.h"

namespace fulcrum::api {

struct HolderOptions {
  std::string address = "127.0.0.1";
  int port = -1;                // -1: HOME/engine.sock alone
  bool with_components = true;  // the parts in components.def
};

class Holder {
 public:
  virtual ~Holder() = default;
  virtual control::Home& home() = 0;
  /// 0 without TCP.
  virtual std::uint16_t port() const = 0;
  /// "http://127.0.0.1:7470", empty without TCP.
  virtual std::string url() const = 0;
};

/// Answers when it returns. Fails with `home.*`, `ledger.*`, `http.listen`.
base::Result<std::unique_ptr<Holder>> start_holder(control::HomePaths paths, control::HomeLock lock,
                                                   HolderOptions options);

}  // namespace fulcrum::api
