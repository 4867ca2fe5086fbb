#include "train/serving.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <unordered_map>

namespace fulcrum::train {

namespace {

namespace json = base::json;

constexpr std::int64_t kDefaultCount = 10;
constexpr std::int64_t kMostCount = 1000;

struct Request {
  json::value id;
  History history;
  std::size_t unknown = 0;
  std::size_t count = kDefaultCount;
  bool keep_seen = false;
};

ServiceReply error_reply(int status, std::string_view code, std::string_view message,
                         std::string_view field = {}) {
  return {status,
          base::to_text(json::object{{"error", message}, {"code", code}, {"field", field}})};
}

ServiceReply error_reply(const base::Error& error) {
  return error_reply(base::http_status(error), error.code, error.message, error.field);
}

class Service final : public InferenceService {
 public:
  explicit Service(ServedModel model) : model_(std::move(model)) {
    for (std::size_t i = 0; i < model_.items.size(); ++i)
      numbers_[model_.items[i]] = static_cast<Item>(i);
  }

  ServiceReply handle(std::string_view method, std::string_view path,
                      std::string_view body) override {
    if (path == "/v2/health/live" || path == "/v2/health/ready")
      return method == "GET" ? ServiceReply{200, "{}"} : wrong_method("GET");
    if (path == "/v2")
      return {200, base::to_text(
                       json::object{{"name", "fulcrum-train"}, {"extensions", json::array{}}})};
    const std::string base = "/v2/models/" + model_.name;
    const std::string versioned = base + "/versions/" + model_.version;
    const bool is_ours =
        path.starts_with(base) && (path.size() == base.size() || path[base.size()] == '/');
    if (!is_ours)
      return error_reply(404, "model.unknown",
                         fmt::format("this server has only the model \"{}\"", model_.name));
    std::string_view rest =
        path.substr(path.starts_with(versioned) ? versioned.size() : base.size());
    if (rest == "/infer") return method == "POST" ? infer(body) : wrong_method("POST");
    if (method != "GET") return wrong_method("GET");
    if (rest == "/ready") return {200, "{}"};
    if (rest.empty()) return {200, base::to_text(metadata())};
    return error_reply(404, "path.unknown", "no such path below the model");
  }

 private:
  static ServiceReply wrong_method(std::string_view right) {
    return error_reply(405, "method.wrong", fmt::format("this path takes {}", right));
  }

  json::object metadata() const {
    const auto tensor = [](const char* name, const char* type) {
      return json::object{{"name", name}, {"datatype", type}, {"shape", {-1}}};
    };
    return {{"name", model_.name},
            {"versions", {model_.version}},
            {"platform", "fulcrum_" + model_.kind},
            {"inputs", json::array{tensor("history", "BYTES")}},
            {"outputs", json::array{tensor("items", "BYTES"), tensor("scores", "FP32")}}};
  }

  base::Result<Request> parse(std::string_view body) const {
    TRY(const json::value value, base::parse_json(body, "request body"));
    Request request;
    if (const auto* id = base::find_path(value, "id")) request.id = *id;
    const auto* inputs = base::find_path(value, "inputs");
    if (!inputs || !inputs->is_array())
      return base::usage("infer.inputs", "expected an array of inputs", "inputs");
    const json::array* data = nullptr;
    for (const auto& input : inputs->get_array())
      if (base::get_string(input, "name") == "history")
        if (const auto* found = base::find_path(input, "data")) data = found->if_array();
    if (!data)
      return base::usage("infer.history", "expected an input \"history\" with an array data",
                         "inputs");
    for (const auto& id : *data) {
      if (!id.is_string())
        return base::usage("infer.history", "expected item ids as strings", "inputs.history.data");
      const auto number = numbers_.find(std::string_view(id.get_string()));
      if (number == numbers_.end()) {
        ++request.unknown;
      } else if (request.history.empty() || request.history.back() != number->second) {
        request.history.push_back(number->second);
      }
    }
    if (const auto* parameters = base::find_path(value, "parameters")) {
      const auto count = base::get_integer(*parameters, "k", kDefaultCount);
      if (count < 1 || count > kMostCount)
        return base::usage("infer.k", fmt::format("expected 1 to {}, got {}", kMostCount, count),
                           "parameters.k");
      request.count = static_cast<std::size_t>(count);
      request.keep_seen = base::get_bool(*parameters, "keep_seen");
    }
    return request;
  }

  ServiceReply infer(std::string_view body) {
    const auto request = parse(body);
    if (!request) return error_reply(request.error());
    std::vector<float> scores;
    {
      const std::lock_guard lock(turn_);
      scores = model_.recommender->score({&request->history, 1});
    }
    std::vector<bool> seen(scores.size(), false);
    if (!request->keep_seen)
      for (const Item item : request->history) seen[static_cast<std::size_t>(item)] = true;
    std::vector<Item> order;
    for (std::size_t i = 0; i < scores.size(); ++i)
      if (!seen[i]) order.push_back(static_cast<Item>(i));
    const std::size_t count = std::min(request->count, order.size());
    std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count),
                      order.end(), [&](Item a, Item b) {
                        const float left = scores[static_cast<std::size_t>(a)];
                        const float right = scores[static_cast<std::size_t>(b)];
                        return left != right ? left > right : a < b;
                      });
    order.resize(count);
    return {200, base::to_text(reply(*request, order, scores))};
  }

  json::object reply(const Request& request, const std::vector<Item>& order,
                     const std::vector<float>& scores) const {
    json::array ids, values;
    for (const Item item : order) {
      ids.push_back(json::string(model_.items[static_cast<std::size_t>(item)]));
      values.push_back(scores[static_cast<std::size_t>(item)]);
    }
    const auto count = static_cast<std::int64_t>(order.size());
    json::object result{{"model_name", model_.name}, {"model_version", model_.version}};
    if (!request.id.is_null()) result["id"] = request.id;
    result["parameters"] = json::object{{"unknown_items", request.unknown}};
    result["outputs"] = json::array{
        json::object{
            {"name", "items"}, {"shape", {count}}, {"datatype", "BYTES"}, {"data", std::move(ids)}},
        json::object{{"name", "scores"},
                     {"shape", {count}},
                     {"datatype", "FP32"},
                     {"data", std::move(values)}}};
    return result;
  }

  ServedModel model_;
  std::unordered_map<std::string_view, Item> numbers_;
  std::mutex turn_;
};

}  // namespace

std::unique_ptr<InferenceService> make_inference_service(ServedModel model) {
  return std::make_unique<Service>(std::move(model));
}

}  // namespace fulcrum::train
