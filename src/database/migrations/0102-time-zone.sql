-- Where rules read weekday and hour: of the installation, not of whichever process decides.
create table time_zone (
  one boolean primary key default true check (one),
  name text not null
);
