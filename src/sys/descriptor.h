#pragma once
#include "base/result.h"
#include <cerrno>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <unistd.h>
#include <utility>

// For the .cpp files of sys: a file descriptor with an owner, and errno in words.
namespace fairlead::sys {

class Descriptor {
  public:
    Descriptor() = default;
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        if (this != &other) {
            reset();
            number_ = std::exchange(other.number_, -1);
        }
        return *this;
    }
    ~Descriptor() { reset(); }
    int get() const { return number_; }
    bool is_open() const { return number_ >= 0; }
    int release() { return std::exchange(number_, -1); }
    void reset() {
        const int saved = errno; // so that an error can be described after its descriptor was closed
        if (number_ >= 0) ::close(number_);
        number_ = -1;
        errno = saved;
    }

  private:
    int number_ = -1;
};

// A regular file, opened to read (files.cpp). Opening never waits for a pipe's writer. Error (could_not) with the path
// and the reason.
struct OpenFile {
    Descriptor descriptor;
    std::uint64_t size = 0;
};
Result<OpenFile> open_regular(const std::string& path);

// "No such file or directory"
inline std::string reason(int number = errno) { return std::generic_category().message(number); }

// "'a/b' can't be read: Permission denied"
inline Error path_error(std::string_view path, std::string_view verb, int number = errno) {
    return could_not("'" + std::string(path) + "' can't be " + std::string(verb) + ": " + reason(number));
}

}
