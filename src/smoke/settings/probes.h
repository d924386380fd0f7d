#pragma once
#include "smoke/settings/probe.h"

// The rows of probes.cpp, each of a file below probes/.
namespace fairlead::smoke {

// Bytes and names
const Probe& tcp_probe();
const Probe& tls_probe();
const Probe& dns_probe();
const Probe& websocket_probe();
const Probe& smtp_probe();
const Probe& redis_probe();
const Probe& postgres_probe();

// Over HTTP
const Probe& grpc_probe();
const Probe& security_headers_probe();
const Probe& redirect_probe();
const Probe& cors_probe();
const Probe& cookies_probe();
const Probe& cache_probe();
const Probe& assets_probe();
const Probe& addresses_probe();

}
