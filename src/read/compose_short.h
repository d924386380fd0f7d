#pragma once
#include <optional>
#include <string>
#include <string_view>

// The short forms of ports and volumes (compose-spec, services.md, "ports" and "volumes").
namespace fairlead::read {

struct PortRange {
    int first = 0, last = 0;
};

struct ShortPort {
    std::string host_ip, protocol = "tcp";
    std::optional<PortRange> host;
    PortRange container;
};

// "[HOST_IP:][HOST_PORT:]CONTAINER_PORT[/PROTOCOL]", ports or ranges; nothing: it is none.
std::optional<ShortPort> short_port(std::string_view text);

// "SOURCE:TARGET:MODE" and its shorter forms. Error: an empty part, too many.
struct ShortVolume {
    std::string type, source, target;
    bool read_only = false;
    std::string_view fault; // empty: none
};
ShortVolume short_volume(std::string_view text);

}
