#pragma once
#include <optional>
#include <string>
#include <string_view>

// Parses the short forms of ports and volumes (compose-spec, services.md, "ports" and "volumes").
namespace fairlead::read {

struct PortRange {
    int first = 0, last = 0;
};

struct ShortPort {
    std::string host_ip, protocol = "tcp";
    std::optional<PortRange> host;
    PortRange container;
};

// Parses "[HOST_IP:][HOST_PORT:]CONTAINER_PORT[/PROTOCOL]" with ports or ranges; nothing: another form.
std::optional<ShortPort> short_port(std::string_view text);

// The parts of "SOURCE:TARGET:MODE" and its shorter forms. Fault: a part is empty, or there are too many.
struct ShortVolume {
    std::string type, source, target;
    bool read_only = false;
    std::string_view fault; // empty: no fault
};
ShortVolume short_volume(std::string_view text);

}
