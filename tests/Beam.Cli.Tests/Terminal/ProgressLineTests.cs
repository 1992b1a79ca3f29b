using Beam.Cli.Terminal;
using Beam.Client;

namespace Beam.Cli.Tests.Terminal;

public sealed class ProgressLineTests
{
    private static readonly string[] Names =
    [
        "",
        "a",
        "photo.jpg",
        "a very long name of a file that somebody has chosen without thinking of terminals.tar",
        "日本語日本語日本語日本語日本語日本語日本語日本語日本語.txt",
        "👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧",
    ];

    [Fact]
    public void Format_NeverExceedsTheWidth()
    {
        long?[] totals = [null, 0, 1, 27_100_000, long.MaxValue];
        var pairs = Enum.GetValues<BeamStage>().SelectMany(static stage => Enum.GetValues<ProgressSide>().Select(side => (stage, side)));
        foreach (var (stage, side) in pairs)
        {
            foreach (var total in totals)
            {
                foreach (var name in Names)
                {
                    for (var columns = 0; columns <= 200; columns++)
                    {
                        var line = ProgressLine.Format(
                            new BeamProgress(stage, (total ?? 5_000_000_000) / 3, total, 3_400_000), name, side, columns);
                        Assert.True(CellWidth.Of(line) <= columns, $"{columns}: {line}");
                    }
                }
            }
        }
    }

    [Theory]
    [InlineData(79, "photo.jpg  45%  [##########--------------]  12.3 MB of 27.1 MB  3.4 MB/s  0:04")]
    [InlineData(60, "photo.jpg  45%  12.3 MB of 27.1 MB  3.4 MB/s  0:04")]
    [InlineData(19, "phot…jpg  45%  0:04")]
    [InlineData(14, "photo.jpg  45%")]
    [InlineData(9, "45% 0:04")]
    [InlineData(4, "45%")]
    [InlineData(2, "")]
    public void Format_LeavesOutWhatMattersLeast(int columns, string expected)
        => Assert.Equal(
            expected,
            ProgressLine.Format(
                new BeamProgress(BeamStage.Transferring, 12_300_000, 27_100_000, 3_400_000), "photo.jpg", ProgressSide.Sender, columns));

    [Fact]
    public void Format_SaysOneHundredPercent_OnlyWhenItIs()
        => Assert.Contains(
            "99%",
            ProgressLine.Format(new BeamProgress(BeamStage.Transferring, 99_999_999, 100_000_000, 0), "", ProgressSide.Sender, 79),
            StringComparison.Ordinal);

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(999, "999 B")]
    [InlineData(1000, "1.0 KB")]
    [InlineData(99_900, "99.9 KB")]
    [InlineData(123_456, "123 KB")]
    [InlineData(999_999, "1.0 MB")]
    [InlineData(9.2e18, "9.2 EB")]
    public void Bytes_AreReadable(double bytes, string expected) => Assert.Equal(expected, Sizes.Bytes(bytes));
}
