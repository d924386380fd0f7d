#pragma once
#include "backup/stores/kinds.h"
#include "backup/stores/sftp.h"
#include "sys/stream/stream.h"
#include <cstdint>
#include <memory>
#include <string>

// Writes and reads files of an SFTP server, with several pieces under way.
namespace fairlead::backup {

std::string parent_of(const std::string& path);

// Writes to the open `handle` of the file `partial`. close() renames the file to `path`; without close() it is removed.
std::unique_ptr<sys::Sink> sftp_sink(std::shared_ptr<Sftp> sftp, std::string path, std::string partial,
                                     std::string handle, Over over = Over::no);
// Reads `size` bytes from the open `handle` and closes it; fewer bytes are an error.
std::unique_ptr<sys::Source> sftp_source(std::shared_ptr<Sftp> sftp, std::string path, std::string handle,
                                         std::uint64_t size);

}
