#pragma once
#include "migrate/drivers/driver.h"

namespace fairlead::migrate::drivers {

// The tool's table, `name` as it is written ("schema.table"). It need not be there. Error (could_not): the connection
// is lost, or it may not be read.
Result<Records> read_records(server::Connection& connection, const Driver& driver, const std::string& name);

}
