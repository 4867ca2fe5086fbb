#pragma once
// Holding a home: its engine, its routes and its sockets in one object. `fulcrum up` holds one with
// TCP; `fulcrum run` without a server holds one itself, so that its jobs and other processes can
// forward to it.
#include <memory>
#include <string>

#include "api/router.h"
#include "base/result.h"
#include "control/engine/home.h"

namespace fulcrum::api {

struct HolderOptions {
  std::string address = "127.0.0.1";
  int port = -1;  // -1: HOME/engine.sock alone
};

/// The destructor ends what is under way, and tells those who wait for it, before it stops to
/// answer.
class Holder {
 public:
  virtual ~Holder() = default;
  virtual control::Home& home() = 0;
  /// 0 without TCP.
  virtual std::uint16_t port() const = 0;
  /// "http://127.0.0.1:7470", empty without TCP.
  virtual std::string url() const = 0;
  /// True: nothing that somebody waits for is under way, and nothing new is taken on.
  virtual bool close_when_idle() = 0;
};

/// Answers when it returns. Fails with `home.*`, `ledger.*`, `http.listen`.
base::Result<std::unique_ptr<Holder>> start_holder(control::HomePaths paths, control::HomeLock lock,
                                                   HolderOptions options);

}  // namespace fulcrum::api
