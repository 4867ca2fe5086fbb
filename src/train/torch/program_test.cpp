// The program itself: a step by its spec file, and serving over HTTP.
#include <curl/curl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "base/files.h"
#include "exec/step.h"

extern char** environ;

namespace fulcrum::train {
namespace {

namespace json = base::json;

pid_t start(std::vector<std::string> command) {
  std::vector<char*> arguments;
  for (auto& word : command) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_t child = 0;
  EXPECT_EQ(posix_spawn(&child, arguments[0], nullptr, nullptr, arguments.data(), environ), 0);
  return child;
}

int finish(pid_t child) {
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::size_t keep(char* data, std::size_t size, std::size_t count, void* into) {
  static_cast<std::string*>(into)->append(data, size * count);
  return size * count;
}

class Program : public testing::Test {
 protected:
  void SetUp() override {
    folder_ =
        std::filesystem::temp_directory_path() / ("fulcrum-train-" + std::to_string(getpid()));
    std::filesystem::remove_all(folder_);
    ASSERT_TRUE(base::make_folder(folder_ / "work"));
    std::string rows = "user,item,time_us\n";
    for (int user = 0; user < 60; ++user)
      for (int i = 0; i < 8; ++i)
        rows += "u" + std::to_string(user) + ",i" + std::to_string((user * 5 + i * 3) % 20) + "," +
                std::to_string(i * 1000) + "\n";
    ASSERT_TRUE(base::write_file(folder_ / "interactions.csv", rows));
    spec_ = {.step = "train",
             .kind = "train.fit",
             .settings = json::object{{"recipe", {{"epochs", 3}, {"model", {{"dim", 16}}}}}},
             .inputs = {{"interactions", folder_.string()}},
             .work_folder = (folder_ / "work").string(),
             .seed = 1};
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::vector<std::string> step_command() {
    EXPECT_TRUE(exec::write_step_spec((folder_ / "spec.json").string(), spec_));
    return {program_, "step", (folder_ / "spec.json").string()};
  }

  /// Waits for the file that the server writes once it answers.
  std::string wait_for_port(const std::filesystem::path& file) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(120);
    while (!std::filesystem::exists(file) && std::chrono::steady_clock::now() < end)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    std::string port = base::read_file(file).value_or("");
    while (!port.empty() && port.back() == '\n') port.pop_back();
    return port;
  }

  std::string post(CURL* curl, const std::string& url, const std::string& body) {
    std::string answer;
    curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.c_str());
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer);
    EXPECT_EQ(curl_easy_perform(curl), CURLE_OK);
    return answer;
  }

  std::string program_ = FULCRUM_BIN_DIR "/fulcrum-train";
  std::filesystem::path folder_;
  exec::StepSpec spec_;
};

TEST_F(Program, FitsReportsAndServes) {
  ASSERT_EQ(finish(start(step_command())), 0);
  const auto result = exec::read_step_result(spec_.work_folder);
  ASSERT_TRUE(result) << base::describe(result.error());
  EXPECT_EQ(result->outputs.at("model"), "model");
  EXPECT_EQ(base::find_path(result->report, "model.n")->to_number<int>(), 60);
  ASSERT_EQ(result->commands.size(), 2u);
  EXPECT_EQ(result->commands[0].name, "run.record");
  EXPECT_EQ(result->commands[1].name, "samples.seal");

  const auto port_file = folder_ / "port";
  const pid_t server = start({program_, "serve", "--model", spec_.work_folder + "/model", "--name",
                              "shop", "--version", "7", "--port", "0", "--port-file", port_file});
  const std::string port = wait_for_port(port_file);
  ASSERT_FALSE(port.empty());
  CURL* curl = curl_easy_init();
  const std::string url = "http://127.0.0.1:" + port + "/v2/models/shop/infer";
  const std::string body =
      R"({"id":"q","inputs":[{"name":"history","shape":[2],"datatype":"BYTES","data":["i1","i4"]}],)"
      R"("parameters":{"user":"u1","k":5}})";
  std::string answer;
  std::vector<double> times_ms;
  for (int i = 0; i < 50; ++i) {
    const auto since = std::chrono::steady_clock::now();
    answer = post(curl, url, body);
    times_ms.push_back(
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - since)
            .count());
  }
  curl_easy_cleanup(curl);
  const auto value = base::parse_json(answer, "answer");
  ASSERT_TRUE(value) << answer;
  EXPECT_EQ(base::get_string(*value, "model_version"), "7");
  EXPECT_EQ(value->at("outputs").as_array()[0].at("data").as_array().size(), 5u);
  std::sort(times_ms.begin(), times_ms.end());
  RecordProperty("p50_ms", std::to_string(times_ms[25]));
  kill(server, SIGTERM);
  EXPECT_EQ(finish(server), 0);
}

TEST_F(Program, KilledAtAnyMomentAndStartedAgainItEndsTheSame) {
  spec_.settings = json::object{{"recipe", {{"epochs", 6}, {"model", {{"dim", 16}}}}}};
  const auto command = step_command();
  const auto weights = folder_ / "work" / "model" / "weights.safetensors";
  ASSERT_EQ(finish(start(command)), 0);
  const std::string straight = *base::read_file(weights);
  std::filesystem::remove_all(folder_ / "work");
  ASSERT_TRUE(base::make_folder(folder_ / "work"));
  // Killed as soon as a first checkpoint is there.
  const pid_t child = start(command);
  while (!std::filesystem::exists(folder_ / "work" / "checkpoint.pt") &&
         waitpid(child, nullptr, WNOHANG) == 0)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  kill(child, SIGKILL);
  finish(child);
  ASSERT_EQ(finish(start(command)), 0);
  EXPECT_EQ(*base::read_file(weights), straight);
}

TEST_F(Program, BaselinesHaveTheSameShape) {
  for (const char* kind : {"popularity", "item_knn"}) {
    spec_.kind = "train.baseline";
    spec_.settings = json::object{{"kind", kind}};
    ASSERT_EQ(finish(start(step_command())), 0) << kind;
    const auto result = exec::read_step_result(spec_.work_folder);
    ASSERT_TRUE(result);
    EXPECT_EQ(base::get_string(result->report, "kind"), kind);
    EXPECT_TRUE(std::filesystem::exists(folder_ / "work" / "model" / "model.json"));
    for (const char* choice : {"k", "window", "decay"})
      EXPECT_EQ(result->report.contains(choice), kind == std::string("item_knn")) << choice;
  }
}

TEST_F(Program, MistakesHaveExitCodes) {
  EXPECT_EQ(finish(start({program_, "--help"})), 0);
  EXPECT_EQ(finish(start({program_})), 2);
  EXPECT_EQ(finish(start({program_, "serve", "--model", "/nowhere"})), 2);
  EXPECT_EQ(
      finish(start({program_, "serve", "--model", "/nowhere", "--name", "n", "--version", "1"})),
      1);
  spec_.settings = json::object{{"recipe", {{"epochs", 0}}}};
  EXPECT_EQ(finish(start(step_command())), 2);
  const auto result = exec::read_step_result(spec_.work_folder);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "recipe.range");
  EXPECT_EQ(result.error().field, "recipe.epochs");
}

}  // namespace
}  // namespace fulcrum::train
