using Beam.Buffering;

namespace Beam.Core.Tests.Buffering;

[Trait("Rule", "P3")]
public sealed class DescriptorLimitTests
{
    [Theory]
    [InlineData("Max open files            1024                 524288               files     ", 768L, 192L)]
    [InlineData("Max open files            524288               524288               files     ", 524_032L, 131_008L)]
    [InlineData("Max open files            100                  100                  files     ", 0L, 4L)]
    [InlineData("Max open files            unlimited            unlimited            files     ", null, long.MaxValue)]
    [InlineData("Max processes             63434                63434                processes ", null, long.MaxValue)]
    public void Files_TakeAQuarterOfWhatTheRuntimeLeaves(string line, long? usable, long files)
    {
        var found = DescriptorLimit.FindUsable(["Limit  Soft Limit  Hard Limit  Units", line]);

        Assert.Equal(usable, found);
        Assert.Equal(files, DescriptorLimit.MostFiles(found));
    }

    [Fact]
    public void Usable_AreFewerThanTheProcessHas_OnLinux()
        => Assert.Equal(OperatingSystem.IsLinux(), DescriptorLimit.FindUsable() is >= 0);
}
