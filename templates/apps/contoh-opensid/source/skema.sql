-- OpenSID's names and keys, a handful of its columns. This is where the history of migrasi/ begins.

CREATE TABLE config (
  id int NOT NULL AUTO_INCREMENT PRIMARY KEY,
  app_key varchar(100) NOT NULL UNIQUE,
  nama_desa varchar(100) NOT NULL,
  kode_desa varchar(10) NOT NULL UNIQUE,
  nama_kecamatan varchar(100) NOT NULL DEFAULT '',
  kode_kecamatan varchar(6) NOT NULL DEFAULT '',
  nama_kabupaten varchar(100) NOT NULL DEFAULT '',
  kode_kabupaten varchar(4) NOT NULL DEFAULT '',
  nama_propinsi varchar(100) NOT NULL DEFAULT '',
  kode_propinsi varchar(2) NOT NULL DEFAULT '',
  website varchar(100) NULL,
  updated_at timestamp NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP
);

-- Of the whole schema, not of one desa.
CREATE TABLE migrasi (
  id int NOT NULL AUTO_INCREMENT PRIMARY KEY,
  versi_database varchar(10) NOT NULL UNIQUE,
  premium text NULL
);

CREATE TABLE tweb_penduduk_sex (id int NOT NULL PRIMARY KEY, nama varchar(15) NOT NULL);
CREATE TABLE tweb_penduduk_agama (id int NOT NULL PRIMARY KEY, nama varchar(50) NOT NULL);
CREATE TABLE tweb_penduduk_hubungan (id int NOT NULL PRIMARY KEY, nama varchar(50) NOT NULL);
CREATE TABLE tweb_status_dasar (id int NOT NULL PRIMARY KEY, nama varchar(50) NOT NULL);

CREATE TABLE tweb_penduduk_umur (
  id int NOT NULL AUTO_INCREMENT PRIMARY KEY,
  config_id int NULL,
  nama varchar(25) NULL,
  dari int NULL,
  sampai int NULL,
  status int NULL
);

CREATE TABLE setting_aplikasi (
  id int NOT NULL AUTO_INCREMENT PRIMARY KEY,
  config_id int NULL,
  judul varchar(100) NULL,
  `key` varchar(50) NOT NULL,
  value text NULL,
  UNIQUE KEY key_config (config_id, `key`)
);

CREATE TABLE user (
  id mediumint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
  config_id int NULL,
  username varchar(100) NOT NULL,
  password varchar(100) NOT NULL,
  id_grup int NOT NULL DEFAULT 1,
  nama varchar(50) NULL,
  active tinyint(1) NOT NULL DEFAULT 1,
  last_login datetime NULL,
  UNIQUE KEY username_config (config_id, username)
);

CREATE TABLE log_login (
  uuid char(36) NOT NULL PRIMARY KEY,
  config_id int NOT NULL,
  username varchar(255) NOT NULL,
  ip_address varchar(255) NOT NULL,
  user_agent varchar(255) NOT NULL DEFAULT '',
  referer varchar(255) NOT NULL DEFAULT '',
  lainnya varchar(255) NULL,
  created_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
  KEY percobaan (config_id, ip_address, created_at)
);

CREATE TABLE tweb_wil_clusterdesa (
  id int NOT NULL AUTO_INCREMENT PRIMARY KEY,
  config_id int NULL,
  rt varchar(10) NOT NULL DEFAULT '0',
  rw varchar(10) NOT NULL DEFAULT '0',
  dusun varchar(50) NOT NULL DEFAULT '0',
  id_kepala int NULL,
  UNIQUE KEY rt_config (config_id, rt, rw, dusun)
);

CREATE TABLE tweb_keluarga (
  id int NOT NULL AUTO_INCREMENT PRIMARY KEY,
  config_id int NULL,
  no_kk varchar(16) NULL,
  nik_kepala int NULL,
  tgl_daftar timestamp NULL DEFAULT CURRENT_TIMESTAMP,
  alamat varchar(200) NULL,
  id_cluster int NOT NULL,
  UNIQUE KEY no_kk_config (config_id, no_kk)
);

CREATE TABLE tweb_penduduk (
  id int NOT NULL AUTO_INCREMENT PRIMARY KEY,
  config_id int NULL,
  nama varchar(100) NOT NULL,
  nik varchar(16) NULL,
  id_kk int NULL,
  kk_level int NULL,
  sex int NULL,
  tempatlahir varchar(100) NULL,
  tanggallahir date NULL,
  agama_id int NULL,
  id_cluster int NOT NULL,
  status int unsigned NULL DEFAULT 1,
  status_dasar int NOT NULL DEFAULT 1,
  created_at timestamp NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at timestamp NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  UNIQUE KEY nik_config (config_id, nik)
);

CREATE TABLE kategori (
  id int NOT NULL AUTO_INCREMENT PRIMARY KEY,
  config_id int NULL,
  kategori varchar(100) NOT NULL,
  enabled tinyint NOT NULL DEFAULT 1
);

CREATE TABLE artikel (
  id int NOT NULL AUTO_INCREMENT PRIMARY KEY,
  config_id int NULL,
  gambar varchar(200) NULL,
  isi text NOT NULL,
  enabled int NOT NULL DEFAULT 1,
  tgl_upload timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
  id_kategori int NOT NULL,
  id_user mediumint unsigned NOT NULL,
  judul varchar(200) NOT NULL
);

-- Keluarga and penduduk point at each other, as in OpenSID: hence keys last.
ALTER TABLE tweb_penduduk_umur
  ADD CONSTRAINT tweb_penduduk_umur_config_fk FOREIGN KEY (config_id) REFERENCES config (id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE setting_aplikasi
  ADD CONSTRAINT setting_aplikasi_config_fk FOREIGN KEY (config_id) REFERENCES config (id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE user
  ADD CONSTRAINT user_config_fk FOREIGN KEY (config_id) REFERENCES config (id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE log_login
  ADD CONSTRAINT log_login_config_fk FOREIGN KEY (config_id) REFERENCES config (id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE kategori
  ADD CONSTRAINT kategori_config_fk FOREIGN KEY (config_id) REFERENCES config (id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE tweb_wil_clusterdesa
  ADD CONSTRAINT tweb_wil_clusterdesa_config_fk FOREIGN KEY (config_id) REFERENCES config (id) ON UPDATE CASCADE ON DELETE CASCADE,
  ADD CONSTRAINT tweb_wil_clusterdesa_kepala_fk FOREIGN KEY (id_kepala) REFERENCES tweb_penduduk (id) ON UPDATE CASCADE ON DELETE SET NULL;
ALTER TABLE tweb_keluarga
  ADD CONSTRAINT tweb_keluarga_config_fk FOREIGN KEY (config_id) REFERENCES config (id) ON UPDATE CASCADE ON DELETE CASCADE,
  ADD CONSTRAINT tweb_keluarga_kepala_fk FOREIGN KEY (nik_kepala) REFERENCES tweb_penduduk (id) ON UPDATE CASCADE ON DELETE CASCADE,
  ADD CONSTRAINT tweb_keluarga_cluster_fk FOREIGN KEY (id_cluster) REFERENCES tweb_wil_clusterdesa (id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE tweb_penduduk
  ADD CONSTRAINT tweb_penduduk_config_fk FOREIGN KEY (config_id) REFERENCES config (id) ON UPDATE CASCADE ON DELETE CASCADE,
  ADD CONSTRAINT tweb_penduduk_kk_fk FOREIGN KEY (id_kk) REFERENCES tweb_keluarga (id) ON UPDATE CASCADE ON DELETE CASCADE,
  ADD CONSTRAINT tweb_penduduk_cluster_fk FOREIGN KEY (id_cluster) REFERENCES tweb_wil_clusterdesa (id) ON UPDATE CASCADE ON DELETE CASCADE,
  ADD CONSTRAINT tweb_penduduk_sex_fk FOREIGN KEY (sex) REFERENCES tweb_penduduk_sex (id),
  ADD CONSTRAINT tweb_penduduk_hubungan_fk FOREIGN KEY (kk_level) REFERENCES tweb_penduduk_hubungan (id),
  ADD CONSTRAINT tweb_penduduk_agama_fk FOREIGN KEY (agama_id) REFERENCES tweb_penduduk_agama (id),
  ADD CONSTRAINT tweb_penduduk_status_dasar_fk FOREIGN KEY (status_dasar) REFERENCES tweb_status_dasar (id);
ALTER TABLE artikel
  ADD CONSTRAINT artikel_config_fk FOREIGN KEY (config_id) REFERENCES config (id) ON UPDATE CASCADE ON DELETE CASCADE,
  ADD CONSTRAINT artikel_kategori_fk FOREIGN KEY (id_kategori) REFERENCES kategori (id) ON UPDATE CASCADE ON DELETE CASCADE,
  ADD CONSTRAINT artikel_user_fk FOREIGN KEY (id_user) REFERENCES user (id) ON UPDATE CASCADE ON DELETE CASCADE;
