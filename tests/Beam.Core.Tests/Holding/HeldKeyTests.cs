using Beam.Holding;

namespace Beam.Core.Tests.Holding;

public sealed class HeldKeyTests : IDisposable
{
    private static readonly byte[] Entry = [1, 2, 3];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Key_IsMadeOnFirstUse_AndStays()
    {
        Assert.False(new HeldKey(_folder.Path).IsSigned(Entry, new byte[32]));
        Assert.Empty(_folder.Files());
        var mark = new HeldKey(_folder.Path).Sign(Entry);
        var written = File.ReadAllBytes(_folder[HeldKey.FileName]);

        Assert.Equal(32, written.Length);
        Assert.Equal(mark, new HeldKey(_folder.Path).Sign(Entry));
        Assert.True(new HeldKey(_folder.Path).IsSigned(Entry, mark));
        Assert.False(new HeldKey(_folder.Path).IsSigned([1, 2, 4], mark));
        Assert.Equal(written, File.ReadAllBytes(_folder[HeldKey.FileName]));
        Assert.Equal([HeldKey.FileName], _folder.Files());
    }

    [Fact]
    public void Key_IsReadableByItsOwnerOnly()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no file modes.");
            return;
        }

        new HeldKey(_folder.Path).Sign(Entry);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder[HeldKey.FileName]));
    }

    [Fact]
    public async Task Key_IsOne_WhenSeveralMakeItAtATime()
    {
        for (var round = 0; round < 20; round++)
        {
            File.Delete(_folder[HeldKey.FileName]);
            var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var marks = Enumerable.Range(0, 8).Select(async _ =>
            {
                await go.Task;
                return Convert.ToHexString(new HeldKey(_folder.Path).Sign(Entry));
            }).ToList();
            go.SetResult();

            Assert.Single((await Task.WhenAll(marks).Soon()).Distinct());
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(33)]
    public void KeyThatACrashHasSpoilt_IsReplaced_AndVouchesForNothing(int zeros)
    {
        var mark = new HeldKey(_folder.Path).Sign(Entry);
        File.WriteAllBytes(_folder[HeldKey.FileName], new byte[zeros]);
        var next = new HeldKey(_folder.Path);

        Assert.False(next.IsSigned(Entry, mark));
        Assert.NotEqual(mark, next.Sign(Entry));
        Assert.Equal(32, File.ReadAllBytes(_folder[HeldKey.FileName]).Length);
        Assert.Contains(File.ReadAllBytes(_folder[HeldKey.FileName]), static letter => letter != 0);
    }
}
