#include "sys/sockets.h"
#include "sys/files.h"
#include <sys/stat.h>

namespace fairlead::sys {
namespace {

// The next word of a line; columns are separated by blanks.
std::string_view next_word(std::string_view& line) {
    const auto start = line.find_first_not_of(' ');
    if (start == std::string_view::npos) return line = {};
    line.remove_prefix(start);
    const auto word = line.substr(0, line.find(' '));
    line.remove_prefix(word.size());
    return word;
}

}

SocketUse count_sockets(std::string_view list, std::string_view path) {
    constexpr int columns_before_state = 5; // Num RefCount Protocol Flags Type St Inode Path
    SocketUse use;
    while (!list.empty()) {
        std::string_view line = list.substr(0, list.find('\n'));
        list.remove_prefix(std::min(list.size(), line.size() + 1));
        std::string_view flags;
        for (int column = 0; column < columns_before_state; ++column) {
            const auto word = next_word(line);
            if (column == 3) flags = word;
        }
        const auto state = next_word(line);
        next_word(line); // inode
        if (line.empty() || line.substr(1) != path) continue;
        constexpr std::string_view accepts = "00010000"; // __SO_ACCEPTCON
        if (flags == accepts)
            ++use.listeners;
        else if (state == "02" || state == "03")
            ++use.connections;
    }
    return use;
}

Result<SocketUse> socket_use(const std::string& path) { return count_sockets(TRY(read_file("/proc/net/unix")), path); }

bool open_socket_to_all(const std::string& path) {
    return inspect(path).type == FileType::socket && ::chmod(path.c_str(), 0666) == 0;
}

}
