#include "api/holder.h"

#include <fmt/format.h>

#include <algorithm>

#include "api/component.h"

namespace fulcrum::api {

namespace {

class RunningHolder final : public Holder {
 public:
  ~RunningHolder() override {
    for (auto component = components_.rbegin(); component != components_.rend(); ++component)
      (*component)->close();
    server_.reset();
    while (!components_.empty()) components_.pop_back();
  }

  base::Status start(control::HomePaths paths, control::HomeLock lock, HolderOptions options) {
    TRY(home_, control::open_home(std::move(paths), std::move(lock)));
    authenticator_ = make_authenticator(home_->engine());
    const bool is_loopback = options.address.starts_with("127.") || options.address == "::1";
    router_ = make_router(home_->engine(), *authenticator_, {.loopback_hosts_only = is_loopback});
    CHECK_OK(start_components());
    TRY(server_,
        start_http_server({.address = options.address,
                           .port = options.port,
                           .unix_socket = home_->paths().socket().string()},
                          [this](const HttpRequest& request) { return router_->handle(request); }));
    if (server_->port() != 0)
      url_ = options.address.find(':') == std::string::npos
                 ? fmt::format("http://{}:{}", options.address, server_->port())
                 : fmt::format("http://[{}]:{}", options.address, server_->port());
    return {};
  }

  control::Home& home() override { return *home_; }
  std::uint16_t port() const override { return server_->port(); }
  std::string url() const override { return url_; }
  bool close_when_idle() override {
    return std::all_of(components_.begin(), components_.end(),
                       [](const auto& component) { return component->close_when_idle(); });
  }

 private:
  base::Status start_components() {
    ComponentParts parts{.home = *home_, .router = *router_};
#define COMPONENT(name)                          \
  {                                              \
    TRY(auto component, start_##name(parts));    \
    components_.push_back(std::move(component)); \
  }
#include "api/components.def"
#undef COMPONENT
    return {};
  }

  std::unique_ptr<control::Home> home_;
  std::unique_ptr<Authenticator> authenticator_;
  std::unique_ptr<Router> router_;
  std::vector<std::unique_ptr<Component>> components_;
  std::unique_ptr<HttpServer> server_;
  std::string url_;
};

}  // namespace

base::Result<std::unique_ptr<Holder>> start_holder(control::HomePaths paths, control::HomeLock lock,
                                                   HolderOptions options) {
  auto holder = std::make_unique<RunningHolder>();
  CHECK_OK(holder->start(std::move(paths), std::move(lock), std::move(options)));
  return std::unique_ptr<Holder>(std::move(holder));
}

}  // namespace fulcrum::api
