#pragma once
// One model behind the Open Inference Protocol (v2), without the network: paths and bodies in,
// status and JSON out.
//   GET  /v2/health/live, /v2/health/ready, /v2/models/NAME/ready
//   GET  /v2/models/NAME                 metadata
//   POST /v2/models/NAME/infer           recommendations
//   POST /v2/models/NAME/versions/VERSION/infer
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "train/recommender.h"

namespace fulcrum::train {

struct ServedModel {
  std::string name;
  std::string version;
  std::string kind;
  std::vector<std::string> items;
  std::unique_ptr<Recommender> recommender;
};

struct ServiceReply {
  int status = 200;
  std::string body;  // JSON
};

/// Thread-safe: requests take turns at the model.
///
/// Request {"id","inputs":[{"name":"history","shape":[n],"datatype":"BYTES","data":[ids]}],
/// "parameters":{"k":10,"keep_seen":false,…}}. Ids of unknown items are passed over. The answer's
/// output "items" holds the k best items, best first, none from the history unless keep_seen;
/// output "scores" their scores. Errors are {"error": text, "code", "field"} with status 400
/// (`infer.*`) or 404.
class InferenceService {
 public:
  virtual ~InferenceService() = default;
  virtual ServiceReply handle(std::string_view method, std::string_view path,
                              std::string_view body) = 0;
};

std::unique_ptr<InferenceService> make_inference_service(ServedModel model);

}  // namespace fulcrum::train
