"""`make drill`: processes are killed, the database goes away, gateways lie; nothing may be lost or doubled."""
