using Beam.Cli.Archives;

namespace Beam.Cli.Tests.Archives;

/// <summary>Names that programs obey, in every spelling that a system takes for the same.</summary>
public sealed class ObeyedNamesTests
{
    [Theory]
    [InlineData(".git", true)]
    [InlineData("\u200C.git", true)]
    [InlineData(".\u2060bashrc", true)]
    [InlineData("DESKTOP.INI", true)]
    [InlineData("desktop.ini. ", true)]
    [InlineData("nuget.Config", true)]
    [InlineData("rc", true)]
    [InlineData("sitecustomize.py", true)]
    [InlineData("readme", false)]
    [InlineData("src", false)]
    [InlineData("archive.", false)]
    [InlineData("photo~1", false)]
    public void Name_IsKnown_InEverySpelling(string name, bool isObeyed)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() && name.Contains('~', StringComparison.Ordinal), "It may be a second name there.");

        Assert.Equal(isObeyed, ObeyedNames.Contains(name));
    }

    [Theory]
    [InlineData("../.ssh/authorized_keys", true)]
    [InlineData(".ssh/authorized_keys", true)]
    [InlineData("../photos/./a.jpg", false)]
    public void LinkTarget_IsKnown_ByItsParts(string target, bool isObeyed) => Assert.Equal(isObeyed, ObeyedNames.LeadsTo(target));
}
