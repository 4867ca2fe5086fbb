#pragma once
// Serves a corpus to trainers over TCP (protocol.h). Stateless: killed and started again with the
// same data it answers the same requests in the same way.
#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "data/serving/corpus.h"

namespace fulcrum::data::serving {

struct ServerOptions {
  std::string address = "127.0.0.1";  // numeric, IPv4 or IPv6
  std::uint16_t port = 0;             // 0: any free one
  std::string token;                  // what a client must say; not empty
  unsigned max_connections = 256;     // more are closed at once; one thread each
};

/// Serves until destroyed. A connection holds the places of one batch; records are sent from the
/// mapped files.
class Server {
 public:
  virtual ~Server() = default;
  virtual std::uint16_t port() const = 0;
};

/// Fails with `serving.listen`, and as Order::make.
base::Result<std::unique_ptr<Server>> start_server(std::shared_ptr<const Corpus> corpus,
                                                   ServerOptions options);

}  // namespace fulcrum::data::serving
