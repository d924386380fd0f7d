#pragma once
#include "base/result.h"
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The packets of SFTP version 3 (draft-ietf-secsh-filexfer-02) and of OpenSSH's extensions to it (its file PROTOCOL).
namespace fairlead::backup::sftp {

enum class Ask : std::uint8_t {
    init = 1,
    open = 3,
    close = 4,
    read = 5,
    write = 6,
    inspect = 7, // SSH_FXP_LSTAT
    stat_open = 8,
    open_folder = 11,
    read_folder = 12,
    remove = 13,
    make_folder = 14,
    remove_folder = 15,
    stat = 17,
    rename = 18,
    extended = 200,
};

constexpr std::uint32_t for_reading = 1, for_writing = 2, create = 8, exclusive = 32; // flags for open
constexpr std::uint32_t longest_packet = 1u << 20;

// A packet under construction; bytes() puts its length in front.
class Packet {
  public:
    explicit Packet(Ask type);
    Packet& number(std::uint32_t value);
    Packet& big_number(std::uint64_t value);
    Packet& text(std::string_view bytes);
    Packet& mode(std::uint32_t permissions); // attributes with only these permissions
    Packet& no_attributes() { return number(0); }
    std::string bytes() const;

  private:
    std::string body_;
};

struct Attributes {
    std::optional<std::uint64_t> size;
    std::optional<std::uint32_t> permissions, modified; // POSIX mode; seconds since 1970
    bool is_file() const { return permissions && (*permissions & 0170000u) == 0100000u; }
    bool is_folder() const { return permissions && (*permissions & 0170000u) == 0040000u; }
};

struct Entry {
    std::string name;
    Attributes attributes;
};

enum class Code : std::uint32_t { ok = 0, end = 1, absent = 2, denied = 3, failure = 4, unsupported = 8 };

// A server's answer. Its type decides which members are used.
struct Answer {
    enum class Type : std::uint8_t {
        version = 2,
        status = 101,
        handle = 102,
        data = 103,
        names = 104,
        attributes = 105,
        extended = 201
    } type = Type::status;
    std::uint32_t id = 0; // in a `version` answer: the version
    Code code = Code::ok;
    std::string text; // the message of a status, a handle, data, or an extension's answer
    std::vector<Entry> entries;
    Attributes attributes;
    std::map<std::string, std::string> extensions; // in a `version` answer
};

// `body`: a packet without its length. Error (could_not): it is not a packet of SFTP.
Result<Answer> read_answer(std::string_view body);

// Returns the 64-bit numbers in an extension's answer, as many as there are.
std::vector<std::uint64_t> big_numbers(std::string_view bytes);

}
