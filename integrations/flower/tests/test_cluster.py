"""A run on Flower's own processes: SuperLink, a SuperNode for each device, the apps; and what becomes of it when they end."""

import subprocess
import unittest

from .support import LONG, FederationTests, lines

from greendiff_tools.flower import security  # isort: skip
from greendiff_tools.flower.cluster import Cluster  # isort: skip


class ClusterTests(FederationTests):
    def test_the_model_is_that_of_one_process_with_strangers_kept_out_and_a_superlink_killed(self):
        settings = self.settings(LONG)
        with Cluster(self.folder / "cluster", range(2), is_secure=True) as cluster:
            cluster.start_node(2, is_isolated=True)
            process = cluster.begin(settings, self.out, output=subprocess.PIPE)
            security.make_authority(cluster.folder, "other")
            strangers = [cluster.start_node(7, is_registered=False), cluster.start_node(8, authority="other")]
            self.assertEqual([stranger.wait(60) for stranger in strangers], [1, 1])
            self.wait_for_training(cluster, range(3))
            cluster.kill_link()
            process.communicate(timeout=60)  # which only shows the log
            cluster.start_link()
            self.wait_until((self.out / "model").is_dir, 180)
            log = (cluster.folder / "superexec.log").read_text()
            for device, words in ((7, "Failed to activate SuperNode"), (8, "CERTIFICATE_VERIFY_FAILED")):
                self.assertRegex((cluster.folder / f"node-{device}.log").read_text(), words)
        self.assert_same_as_in_one_process(settings, log)

    def test_a_node_that_is_killed_in_a_round_is_late_and_its_successor_takes_part_in_the_next(self):
        with Cluster(self.folder / "cluster", range(3)) as cluster:
            process = cluster.begin(self.settings(LONG), self.out, output=subprocess.PIPE, deadline_s=30)
            self.wait_for_training(cluster, [1])
            cluster.kill_node(1)
            cluster.start_node(1)
            log = self.finish(process)
        statuses = {(record["round"], record["device"]): record["status"] for record in lines(self.out / "devices.jsonl")}
        expected = {(number, device): "ok" for number in (1, 2) for device in range(3)}
        self.assertEqual(statuses, expected | {(1, 1): "late"}, log)


if __name__ == "__main__":
    unittest.main()
