"""A run on Flower's own processes: SuperLink, a SuperNode for each device, the apps; and what becomes of it when they end."""

import subprocess
import unittest

from .support import LONG, SETTINGS, FederationTests, lines

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
            # Nodes come back to a SuperLink that has forgotten them.
            cluster.kill_link()
            cluster.start_link()
            process = cluster.begin(self.settings(LONG), self.out, output=subprocess.PIPE, deadline_s=30)
            self.wait_for_training(cluster, [1])
            cluster.kill_node(1)
            cluster.start_node(1)
            log = self.finish(process)
        statuses = {(record["round"], record["device"]): record["status"] for record in lines(self.out / "devices.jsonl")}
        expected = {(number, device): "ok" for number in (1, 2) for device in range(3)}
        self.assertEqual(statuses, expected | {(1, 1): "late"}, log)

    def test_devices_with_images_of_their_own_train_as_folders_of_one_process_do(self):
        images = self.folder / "images"
        for device, image in ((device, image) for device in range(3) for image in range(8)):
            path = images / f"device-{device}/{image}.ppm"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"P6 16 16 255\n" + bytes((31 * device + 17 * image + place) % 256 for place in range(768)))
        text = SETTINGS.replace("images: 48\n", "").replace("rounds: 2", "rounds: 3") + "error-feedback: 3\ndemand: 0.3\n"
        settings = self.settings(text + "partition: own\n")
        with Cluster(self.folder / "cluster", []) as cluster:
            for device in range(3):
                state = self.folder / f"state-{device}"
                cluster.start_node(device, f'data="folder:{images}/device-{device}"', f'state="{state}"')
            log = self.finish(cluster.begin(settings, self.out, output=subprocess.PIPE))
        self.train_in_one_process(self.settings(text + f"partition: folders\ndata: folder:{images}\n"))
        self.assert_same_model(log)


if __name__ == "__main__":
    unittest.main()
