// train/serving.h: Open Inference requests. First line: "METHOD PATH"; the rest: the body.
#include "base/json.h"
#include "fuzz/fuzz.h"
#include "train/baselines.h"
#include "train/serving.h"

namespace {

using namespace fulcrum;

std::unique_ptr<train::InferenceService> make_service() {
  const std::vector<train::History> training{{0, 1, 2}, {2, 1}, {2}};
  return train::make_inference_service({.name = "m",
                                        .version = "1",
                                        .kind = "popularity",
                                        .items = {"a", "b", "c", "\xc3\xa9"},
                                        .recommender = train::train_popularity(training, 4)});
}

}  // namespace

FUZZ(inference) {
  static const auto service = make_service();
  const auto line = fuzz::take_line(input);
  const auto space = std::min(line.find(' '), line.size());
  const auto path = line.substr(std::min(space + 1, line.size()));
  const auto reply = service->handle(line.substr(0, space), path, input);
  fuzz::must(reply.status == 200 || (reply.status >= 400 && reply.status < 500),
             "no request is the server's fault");
  const auto body = base::parse_json(reply.body, "reply");
  fuzz::must(body && body->is_object(), "a reply is a JSON object");
  if (reply.status != 200)
    fuzz::must(!base::get_string(*body, "error").empty(), "a refusal says why");
  if (const auto* outputs = base::find_path(*body, "outputs");
      outputs && !input.empty() && path.ends_with("/infer"))
    for (const auto& output : outputs->get_array())
      fuzz::must(base::find_path(output, "data")->get_array().size() <= 4,
                 "no more items than there are");
}
