namespace Beam.AspNetCore.Quotas;

/// <summary>Whose use a quota counts.</summary>
internal enum QuotaKind
{
    Token,
    Address,
    User,
}
