# What one does with Sounding Board. `make` alone lists it.

# Rust installs itself here, and a fresh login shell may not know it yet.
export PATH := $(PATH):$(HOME)/.cargo/bin

.PHONY: help prepare demo test bench check chaos fuzz golden pictures build install package

help: ## list these targets
	@awk -F ': .*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

prepare: ## install what the demo and the tests need, or say what to install
	@tests/servers/prepare.sh

demo: prepare ## three weeks of one request, on real mail servers of this machine alone
# Both at once: what the tests need switches features of some crates on, and the program
# built alone would compile those, and itself, a second time.
	cargo build --release --bins --example demo
	cargo run --release --quiet --example demo

test: prepare ## run all tests
	cargo test --release --no-fail-fast

bench: prepare ## how fast it is and what it costs, in one table; BENCH=full for all rows (an hour), see tests/bench/bench.rs
	cargo build --release --bins --example bench
	cargo run --release --quiet --example bench

check: ## formatting, lints and documentation, as they are before a commit
	cargo fmt --check
	cargo clippy --release --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --release --no-deps --document-private-items

chaos: prepare ## kill the program 500 times amid 10,000 mails and prove that nothing is lost, and all faults in their long form: two hours
	CHAOS_KILLS=500 CHAOS_MAILS=10000 cargo test --release --test chaos -- --nocapture
	RESCAN=20000 cargo test --release --test end_to_end
	IMAP_CUTS=1 cargo test --release --test imap_faults
	STORE_REQUESTS=100000 cargo test --release --test store_contract
	WEEKS=2000 cargo test --release --test weeks --test rules
	IMAP_SERVER=cyrus cargo test --release --test end_to_end
	SMTP_SERVER=postfix cargo test --release --test end_to_end

fuzz: ## look for mails that break the reader, fifty minutes: see tests/fuzz/run.sh
	tests/fuzz/run.sh

golden: ## write the golden letters anew; read the difference before you commit it
	UPDATE_GOLDEN=1 cargo test --release --test letters

pictures: ## the ten commonest letters as Chromium shows them, wide and narrow: PNG files in target/pictures
	tests/pictures.sh

build: ## build target/release/soundingboard
	cargo build --release

install: ## as root, after make build: the program, its unit and a first configuration
	test -x target/release/soundingboard || { echo "run make build first" >&2; exit 1; }
	install -D -m 755 target/release/soundingboard $(DESTDIR)/usr/local/bin/soundingboard
	install -d $(DESTDIR)/etc/systemd/system
	sed 's,/usr/bin/,/usr/local/bin/,' deploy/soundingboard.service > $(DESTDIR)/etc/systemd/system/soundingboard.service
	install -D -m 644 deploy/soundingboard.sysusers $(DESTDIR)/usr/lib/sysusers.d/soundingboard.conf
	install -D -m 644 deploy/soundingboard.tmpfiles $(DESTDIR)/usr/lib/tmpfiles.d/soundingboard.conf
	test -e $(DESTDIR)/etc/soundingboard/soundingboard.toml || \
	  install -D -m 644 deploy/soundingboard.toml $(DESTDIR)/etc/soundingboard/soundingboard.toml
	test -n "$(DESTDIR)" || { systemd-sysusers soundingboard.conf && systemd-tmpfiles --create soundingboard.conf; }

package: ## the Debian package, installed into a scratch root, removed and purged there: target/debian
	deploy/package-test.sh
