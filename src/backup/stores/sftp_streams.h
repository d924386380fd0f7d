#pragma once
#include "backup/stores/kinds.h"
#include "backup/stores/sftp.h"
#include "sys/stream/stream.h"
#include <cstdint>
#include <memory>
#include <string>

// Files of an SFTP server as they are written and read, several pieces under way.
namespace fairlead::backup {

std::string parent_of(const std::string& path);

// Written to the open `handle` of `partial`; close() gives it its name. Without that it is removed.
std::unique_ptr<sys::Sink> sftp_sink(std::shared_ptr<Sftp> sftp, std::string path, std::string partial,
                                     std::string handle, Over over = Over::no);
// Of the open `handle`, which it closes: `size` bytes, or an error.
std::unique_ptr<sys::Source> sftp_source(std::shared_ptr<Sftp> sftp, std::string path, std::string handle,
                                         std::uint64_t size);

}
