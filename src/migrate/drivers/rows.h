#pragma once
#include "migrate/drivers/driver.h"

// The rows of driver.cpp's table, one file per tool.
namespace fairlead::migrate::drivers {

Driver alembic();
Driver django();
Driver flyway();
Driver prisma();
Driver rails();

}
