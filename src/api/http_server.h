#pragma once
// The HTTP types under this folder's own namespace.
#include "http/http_server.h"

namespace fulcrum::api {

using http::HttpHandler;
using http::HttpRequest;
using http::HttpResponse;
using http::HttpServer;
using http::HttpServerOptions;
using http::start_http_server;

}  // namespace fulcrum::api
