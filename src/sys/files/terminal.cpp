#include "sys/files/terminal.h"
#include "sys/files/files.h"
#include "sys/signals.h"
#include <cerrno>
#include <unistd.h>

namespace fairlead::sys {

bool is_terminal(int descriptor) { return ::isatty(descriptor) == 1; }

bool someone_answers() { return ::isatty(STDIN_FILENO) == 1 && ::isatty(STDERR_FILENO) == 1; }

Result<std::string> ask(std::string_view question) {
    TRY_VOID(write_stream(STDERR_FILENO, question));
    std::string line;
    for (char c = 0; line.size() < 4096;) {
        const auto count = ::read(STDIN_FILENO, &c, 1);
        if (count == 1 && c == '\n') return line;
        if (count == 1)
            line += c;
        else if (count == 0 || errno != EINTR || stop_requested())
            break;
    }
    return could_not("nobody answered");
}

}
